// The Key Facts Statement beside the chat.

import { byId, el } from "./dom.js";
import { percent } from "./format.js";
import { row } from "./offer.js";
import { scheduleFold } from "./schedule.js";

const NOTHING_YET =
  "Once you accept an offer, its Key Facts Statement appears here: the cost of the loan, every charge, and the " +
  "repayment schedule. You read it before anything is signed.";

export function mountKeyFacts(store) {
  const panel = el("div", { class: "panel-inner" });
  byId("keyfacts").append(panel);
  store.watch(({ keyfacts }, changed) => {
    if (!changed.has("keyfacts")) return;
    panel.lang = keyfacts?.language ?? "en";
    panel.replaceChildren(...(keyfacts ? statement(keyfacts) : nothingYet()));
  });
}

function nothingYet() {
  return [
    el("h2", { class: "panel-title", text: "Key facts" }),
    el("p", { class: "empty-state", text: NOTHING_YET }),
  ];
}

/** The lines of the statement as the server words them, in the language in which it is to be acknowledged. */
function statement(facts) {
  const { text, lender } = facts;
  const apr = text.sections[0].lines.find((line) => line.item === "apr");
  return [
    el("h2", { class: "panel-title", text: text.title }),
    el("p", { class: "panel-sub", text: text.subtitle }),
    el("div", { class: "apr" },
      el("b", { text: percent(facts.apr_pct_incl_gst) }),
      el("span", { text: `${apr.label}: ${apr.value}` }),
    ),
    ...text.sections.map(section),
    el("p", { class: "note", text: text.apr_note }),
    scheduleFold(facts),
    el("p", { class: "note", text: `${lender.name}. ${lender.registration}` }),
  ];
}

function section({ title, lines }) {
  const list = el("dl", { class: "clauses" }, ...lines.map((line) => row(line.label, line.value)));
  return el("div", { class: "group" }, el("h3", { text: title }), list);
}
