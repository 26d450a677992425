// One answer of the assistant while it comes: who is at work, the text as it streams, and its end.

import { el, icon } from "./dom.js";
import { languageOf, paragraphs } from "./prose.js";
import { Reveal } from "./reveal.js";

export class Reply {
  constructor(log, speaker, onGrow) {
    this.trail = el("p", { class: "trail" });
    this.bubble = el("div", { class: "bubble", dir: "auto" }, waiting());
    const said = el("span", { class: "visually-hidden", text: `${speaker}: ` });
    this.message = el("div", { class: "message assistant working" }, said, this.trail, this.bubble);
    this.onGrow = onGrow;
    this.reveal = new Reveal((text) => {
      this.bubble.replaceChildren(...paragraphs(text));
      onGrow();
    });
    log.append(this.message);
    onGrow();
  }

  working(words) {
    this.trail.textContent = `${words}…`;
    this.onGrow();
  }

  chunk(text) {
    this.message.classList.add("streaming");
    this.reveal.add(text);
  }

  /** Forget what was said; a better attempt follows. */
  reset() {
    this.reveal.reset();
    this.message.classList.remove("streaming");
    this.bubble.replaceChildren(waiting());
  }

  /** The whole text, and the names of those who worked on it. Resolves once it can be read. */
  async finish(text, names = []) {
    this.bubble.lang = languageOf(text);
    this.reveal.aim(text);
    await this.reveal.shown();
    this.message.classList.remove("streaming", "working");
    this.trail.replaceChildren(...handover(names));
    this.trail.hidden = names.length === 0;
  }

  remove() {
    this.reveal.reset();
    this.message.remove();
  }
}

function handover(names) {
  return names.flatMap((name, place) => (place ? [icon("arrow"), name] : [name]));
}

function waiting() {
  return el("span", { class: "waiting" }, el("i"), el("i"), el("i"));
}
