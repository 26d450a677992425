// The same frames as Server-Sent Events, for networks that let no WebSocket through.

import { ask } from "./api.js";

/** Send a message and hand every frame of its turn to `onFrame`. Raises ApiProblem, also when the stream breaks off. */
export async function streamTurn({ sessionId, message, messageId, onFrame, signal }) {
  const response = await ask("/chat/stream", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify({ session_id: sessionId, message, message_id: messageId }),
    signal,
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
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
