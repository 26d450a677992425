// What the officer may do with the case, what it takes, and what would follow. Whoever only reads gets no buttons.

import { button, el } from "../dom.js";
import { rupees } from "../format.js";
import { outlookOf } from "./facts.js";
import { approvalParts, broughtBy, missingFor } from "./approval.js";
import { DECISIONS, detailsOf, moment } from "./words.js";

const LEAST = 10;
const NAMES = { approve: "Approve", decline: "Decline", ask: "Ask the customer", confirm: "Confirm", return: "Return" };
const WHAT = {
  decline: "The application is refused. The customer reads it in the chat and by mail, with the policy's own reasons; yours stays inside.",
  ask: "The question goes into the customer's chat. The case waits for the answer and then comes back.",
  confirm: "The approval takes effect and the customer is told.",
  return: "The case goes back to be decided anew; the customer hears nothing.",
};

export class Panel {
  /** `draft` keeps what is typed; `act(body)` does it. */
  constructor(found, officer, draft, act) {
    Object.assign(this, { found, officer, draft, act });
    this.acts = this.possible();
    if (!this.acts.includes(draft.act)) draft.act = null; // nothing is chosen for an officer
    this.element = el("section", { class: "card act", "aria-labelledby": "act-title" });
    this.draw();
  }

  /** The acts that this officer's roles and the case's state admit of. */
  possible() {
    const { state } = this.found;
    const roles = new Set(this.officer.roles);
    if (roles.has("maker") && state === "open") return ["approve", "decline", "ask"];
    if (roles.has("maker") && state === "asked") return ["approve", "decline"];
    if (roles.has("checker") && state === "awaiting_second") return ["confirm", "return"];
    return [];
  }

  get proposal() {
    return this.found.acts.findLast(({ act }) => act === "approve");
  }

  /** Why nobody may do this at all, or not this officer; null when nothing stands against it. */
  barred(act) {
    const { found, officer } = this;
    if (act === "approve" && found.approval === "impossible") return "The policy lets nobody set these findings aside, so this case cannot be approved.";
    if ((act === "confirm" || act === "return") && this.proposal?.officer === officer.name) return "You proposed this approval yourself. Another officer has to look at it.";
    if (act === "confirm" && found.amount > officer.limit_rupees) return `${rupees(found.amount)} is above your limit of ${rupees(officer.limit_rupees)}. An officer with a higher limit has to confirm it.`;
    return null;
  }

  draw() {
    const { found } = this;
    const title = el("h2", { id: "act-title", text: this.acts.length ? "Your decision" : "State of the case" });
    const parts = [title, ...(this.acts.length ? this.form() : [el("p", { text: this.idle() })])];
    if (found.state === "awaiting_second") parts.splice(1, 0, this.proposed());
    if (found.state === "asked" && this.acts.length) parts.splice(1, 0, this.asked());
    this.element.replaceChildren(...parts);
    this.check();
  }

  idle() {
    const { state, outcome, closed_at: closed } = this.found;
    const reader = !this.officer.roles.includes("maker") && !this.officer.roles.includes("checker");
    const words = {
      open: reader ? "It waits for an officer's decision." : "It waits for a maker's decision; a checker confirms what a maker proposes.",
      asked: "It waits for the customer's answer.",
      awaiting_second: "It waits for a second officer.",
      decided: `${outcome === "approved" ? "Approved" : "Declined"}${closed ? `, ${moment(closed)}` : ""}.`,
      withdrawn: `The customer withdrew or began anew${closed ? `, ${moment(closed)}` : ""}.`,
    }[state];
    return reader ? `${words} You read; you do not decide.` : words;
  }

  proposed() {
    const act = this.proposal;
    if (!act) return null;
    return el("div", { class: "proposal" },
      el("p", {}, el("strong", { text: `${act.officer} proposes to approve` }), ` · ${moment(act.made_at)}`),
      ...detailsOf(act).map((text) => el("p", { text })),
      el("p", { class: "reason", dir: "auto", text: act.reason }));
  }

  asked() {
    const act = this.found.acts.findLast(({ act: name }) => name === "ask");
    return el("div", { class: "proposal" },
      el("p", {}, el("strong", { text: `${act.officer} has asked the customer` }), ` · ${moment(act.made_at)}`),
      el("p", { class: "question", dir: "auto", text: `“${act.details.question}”` }),
      el("p", { class: "quiet", text: "The answer brings the case back; you may also decide without it." }));
  }

  form() {
    const { draft } = this;
    const choice = el("div", { class: "choice", role: "radiogroup", "aria-label": "What to do" }, ...this.acts.map((act) =>
      el("label", { class: act },
        el("input", { type: "radio", name: "act", value: act, checked: act === draft.act, on: { change: () => ((draft.act = act), this.redraw(act)) } }),
        NAMES[act])));
    this.send = button("", "strong send", () => this.submit());
    this.wanting = el("p", { class: "wanting", id: "wanting", role: "status" });
    this.send.setAttribute("aria-describedby", "wanting");
    const barred = this.barred(draft.act);
    if (!draft.act) return [choice, el("p", { class: "quiet", text: "Choose what to do; what it takes comes up here." })];
    if (barred) return [choice, el("p", { class: "barred", role: "note", text: barred })];
    return [
      choice,
      ...(draft.act === "approve" ? this.approval() : [el("p", { class: "quiet", text: WHAT[draft.act] })]),
      draft.act === "ask" ? this.area("question", "Question to the customer", 500, "The customer reads this as you write it.") : null,
      this.area("reason", "Reason", 2000, "For colleagues and auditors; the customer does not read it."),
      this.wanting,
      this.send,
    ].filter(Boolean);
  }

  redraw(act) {
    this.draw();
    this.element.scrollIntoView({ block: "nearest" });
    this.element.querySelector(`input[value="${act}"]`)?.focus({ preventScroll: true });
  }

  approval() {
    const parts = approvalParts(this.found, this.draft, () => this.check());
    const then = outlookOf(this.found);
    if (then) {
      parts.push(el("div", { class: "outlook" },
        el("p", { class: "label", text: "The policy would then say" }),
        el("p", {}, el("strong", { text: DECISIONS[then.decision] ?? then.decision }), then.loan ? `: ${then.loan}` : ""),
        then.reasons.length ? el("p", { class: "quiet", text: then.reasons.join("; ") }) : null));
    }
    const second = this.second();
    if (second.length) {
      parts.push(el("div", { class: "second" }, el("p", {}, el("strong", { text: "A second officer must confirm: " }), `${second.join("; ")}.`)));
    }
    return parts;
  }

  /** Why one officer is not enough. */
  second() {
    const { found, officer } = this;
    if (!found.two_officers) return [];
    const why = [];
    if (found.kind === "appeal") why.push("a refusal would be overridden");
    const two = found.findings.filter(({ waiver }) => waiver === "two").map(({ rule }) => rule);
    if (two.length && found.approval === "waive") why.push(`${two.join(", ")} takes two officers to set aside`);
    if (found.amount > officer.limit_rupees) why.push(`${rupees(found.amount)} is above your limit of ${rupees(officer.limit_rupees)}`);
    return why.length ? why : ["the policy asks for two"];
  }

  area(name, label, most, hint) {
    const box = el("textarea", { id: `act-${name}`, rows: name === "reason" ? 4 : 3, maxlength: most, dir: "auto", "aria-describedby": `hint-${name}`,
      on: { input: (event) => ((this.draft[name] = event.target.value), this.check()) } });
    box.value = this.draft[name] ?? "";
    return el("div", { class: "entry" }, el("label", { for: `act-${name}`, text: label }), box, el("p", { class: "hint", id: `hint-${name}`, text: hint }));
  }

  /** What is still wanting, in words; "" when it can be sent. */
  missing() {
    const { draft, found } = this;
    if (draft.act === "approve") {
      const words = missingFor(found, draft);
      if (words) return words;
    }
    if (draft.act === "ask" && (draft.question ?? "").trim().length < LEAST) return "Write the question.";
    if ((draft.reason ?? "").trim().length < LEAST) return `Give a reason of at least ${LEAST} characters.`;
    return "";
  }

  check() {
    if (!this.draft.act || this.barred(this.draft.act)) return;
    const words = this.missing();
    if (this.wanting.textContent !== words) this.wanting.textContent = words;
    this.send.disabled = words !== "";
    const two = this.draft.act === "approve" && this.found.two_officers;
    this.send.textContent = {
      approve: two ? "Propose the approval" : "Approve",
      decline: "Decline and tell the customer",
      ask: "Send the question",
      confirm: "Confirm the approval",
      return: "Return the case",
    }[this.draft.act];
    this.send.classList.toggle("danger", this.draft.act === "decline");
  }

  submit() {
    if (this.send.disabled || this.missing()) return;
    const { act, reason, question } = this.draft;
    const body = { act, reason: reason.trim() };
    if (act === "ask") body.question = question.trim();
    this.act(act === "approve" ? { ...body, ...broughtBy(this.found, this.draft) } : body);
  }
}
