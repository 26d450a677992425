// What the customer thinks of an answer: a thumb up or down under it, which the service keeps.

import { el, icon } from "./dom.js";
import { wordsOf } from "./http.js";

const LABELS = { up: "Good answer", down: "Poor answer" };
const NOT_KEPT = "Your thumb was not kept.";

/** Two buttons. `given` is the thumb that is kept already, or null; `give(thumb)` keeps another, or raises ApiProblem. */
export function thumbs(given, give) {
  const buttons = Object.keys(LABELS).map((thumb) => thumbButton(thumb, () => press(thumb)));
  const group = el("div", { class: "thumbs", role: "group", "aria-label": "What do you think of this answer?" }, ...buttons);
  let giving = false;
  let words = null; // of a failure
  show(given);
  return group;

  function show(thumb) {
    given = thumb;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.thumb === thumb));
  }

  async function press(thumb) {
    if (giving || thumb === given) return;
    const before = given;
    giving = true;
    words?.remove();
    show(thumb);
    try {
      await give(thumb);
    } catch (error) {
      show(before);
      group.append((words = el("span", { class: "words", role: "alert", text: `${NOT_KEPT} ${wordsOf(error)}` })));
      words.scrollIntoView({ block: "nearest" });
    }
    giving = false;
  }
}

function thumbButton(thumb, onClick) {
  const label = LABELS[thumb];
  const traits = { type: "button", class: "icon-button thumb", data: { thumb }, "aria-label": label, title: label };
  return el("button", { ...traits, on: { click: onClick } }, icon("thumb"));
}
