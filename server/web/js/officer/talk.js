// What was said, and what officers have done so far.

import { el } from "../dom.js";
import { languageOf } from "../prose.js";
import { ACTS, detailsOf, moment } from "./words.js";

export function conversationOf({ conversation, acts }) {
  const answers = new Set(acts.filter(({ act }) => act === "answer").map(({ details }) => details.message_id));
  return el("section", { class: "card talk" },
    el("h2", { text: "Conversation" }),
    el("ol", { tabindex: "0", "aria-label": "Messages, oldest first" }, ...conversation.map((said) =>
      el("li", { class: said.role, data: answers.has(said.message_id) && said.role === "user" ? { answer: "yes" } : {} },
        el("p", { class: "speaker" }, el("b", { text: said.role === "user" ? "Customer" : "Assistant" }), ` ${moment(said.created_at)}`,
          answers.has(said.message_id) && said.role === "user" ? el("span", { class: "pill wait", text: "Answer to the desk" }) : null),
        el("p", { class: "said", dir: "auto", lang: languageOf(said.content), text: said.content })))));
}

export function historyOf({ acts, state }) {
  if (!acts.length) return null;
  const second = new Set(["confirm", "return"]);
  const proposed = (place) => acts[place].act === "approve" && (second.has(acts[place + 1]?.act) || (!acts[place + 1] && state === "awaiting_second"));
  return el("section", { class: "card history" },
    el("h2", { text: "What was done so far" }),
    el("ol", {}, ...acts.map((act, place) => el("li", {},
      el("p", {}, el("strong", { text: proposed(place) ? "Approval proposed" : (ACTS[act.act] ?? act.act) }), act.officer ? ` by ${act.officer}` : "", el("span", { class: "quiet", text: ` · ${moment(act.made_at)}` }),
        act.told ? null : el("span", { class: "pill wait", text: "Not told yet" })),
      ...detailsOf(act).map((text) => el("p", { class: "quiet", text })),
      act.details.question ? el("p", { class: "question", dir: "auto", text: `“${act.details.question}”` }) : null,
      act.reason ? el("p", { class: "reason", dir: "auto", text: act.reason }) : null))));
}
