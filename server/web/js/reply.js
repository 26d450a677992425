// One answer of the assistant while it comes: who is at work, the text as it streams, and its end.

import { el, icon } from "./dom.js";
import { AGENT_NAMES } from "./labels.js";
import { languageOf, paragraphs } from "./prose.js";
import { Reveal } from "./reveal.js";

export class Reply {
  constructor(log, onGrow) {
    this.trail = el("p", { class: "trail" });
    this.bubble = el("div", { class: "bubble", dir: "auto" }, waiting());
    const speaker = el("span", { class: "visually-hidden", text: "Assistant: " });
    this.message = el("div", { class: "message assistant working" }, speaker, this.trail, this.bubble);
    this.reveal = new Reveal((text) => {
      this.bubble.replaceChildren(...paragraphs(text));
      onGrow();
    });
    log.append(this.message);
    onGrow();
  }

  working(words) {
    this.trail.textContent = `${words}…`;
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

  /** The whole text, and the agents who worked on it. Resolves once it can be read. */
  async finish(text, agents) {
    this.bubble.lang = languageOf(text);
    this.reveal.aim(text);
    await this.reveal.shown();
    this.message.classList.remove("streaming", "working");
    this.trail.replaceChildren(...handover(agents));
    this.trail.hidden = agents.length === 0;
  }

  remove() {
    this.reveal.reset();
    this.message.remove();
  }
}

function handover(agents) {
  const names = agents.map((agent) => AGENT_NAMES[agent]);
  return names.flatMap((name, place) => (place ? [icon("arrow"), name] : [name]));
}

function waiting() {
  return el("span", { class: "waiting" }, el("i"), el("i"), el("i"));
}
