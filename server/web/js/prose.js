// A reply's text as paragraphs and lists. Nothing in it is ever taken for markup; the one link made is to our letters.

import { el } from "./dom.js";

const LETTER = /(\/api\/v1\/letters\/[A-Za-z0-9_-]+)/;

export function paragraphs(text) {
  const nodes = [];
  let list = null;
  for (const line of text.split("\n")) {
    const content = line.trim();
    if (!content) {
      list = null;
    } else if (content.startsWith("- ")) {
      if (!list) nodes.push((list = el("ul")));
      list.append(el("li", {}, ...linked(content.slice(2))));
    } else {
      list = null;
      nodes.push(el("p", { class: content.startsWith("(Source:") ? "source" : null }, ...linked(content)));
    }
  }
  return nodes;
}

/** The language a reply is written in, for screen readers. */
export function languageOf(text) {
  return /[\u0900-\u097F]/.test(text) ? "hi" : "en";
}

function linked(text) {
  return text.split(LETTER).map((part) => (LETTER.test(part) ? letterLink(part) : part));
}

function letterLink(path) {
  return el("a", { href: path, target: "_blank", rel: "noopener", text: "your sanction letter" });
}
