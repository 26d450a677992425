// A turn's frames as Server-Sent Events: read to their end, asked again when the stream breaks.

import { ApiProblem, ask, cutOff } from "./http.js";

const ATTEMPTS = 3;
const SILENCE = 40000; // the service says something every fifteen seconds, be it only that it is there

/** Send a message and hand every frame of its turn to `onFrame`, until `isOver()`.
 *
 * A stream that broke is asked again under the same message id, so the service runs the turn once and tells it from its
 * first event; `onAttempt` is called before each. Raises what the last attempt met.
 */
export async function tellTurn({ address, body, onAttempt, onFrame, isOver }) {
  for (let attempt = 1; !isOver(); attempt += 1) {
    onAttempt();
    try {
      await readStream(address, body, onFrame);
      if (!isOver()) throw cutOff();
    } catch (error) {
      if (isOver()) return;
      const refused = error instanceof ApiProblem && error.status !== 0;
      if (refused || attempt === ATTEMPTS) throw error;
      await pause(600 * attempt);
    }
  }
}

async function readStream(address, body, onFrame) {
  const silence = new AbortController();
  let timer;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE);
  };
  heard();
  try {
    await readEvents(address, body, silence.signal, heard, onFrame);
  } finally {
    clearTimeout(timer);
  }
}

async function readEvents(address, body, signal, heard, onFrame) {
  const response = await ask(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify(body),
    signal,
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    heard();
    buffer += value;
    const events = buffer.split(/\r\n\r\n|\n\n|\r\r/);
    buffer = events.pop();
    for (const event of events) {
      const data = dataOf(event);
      if (data) onFrame(JSON.parse(data));
    }
  }
}

function dataOf(event) {
  return event
    .split(/\r\n|\n|\r/)
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice(5).replace(/^ /, ""))
    .join("\n");
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
