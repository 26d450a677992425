// One case on one screen: the facts, what the policy found, what was said, and what the officer does about it.

import { announce, button, byId, el } from "../dom.js";
import { day, months, rupees } from "../format.js";
import { ApiProblem } from "../http.js";
import { factsOf, papersOf } from "./facts.js";
import { Panel } from "./panel.js";
import { conversationOf, historyOf } from "./talk.js";
import { findingsOf, traceOf } from "./trace.js";
import { KINDS, STATES } from "./words.js";

const FINAL = {
  own_case: ["This case is your own", "Nobody reads or decides on an application of their own; a colleague will."],
  unknown_case: ["There is no such case", "It may have been erased together with the customer's data."],
};
const WAITING = new Set(["open", "asked", "awaiting_second"]);
const CHANGED = new Set(["stale_case", "not_now"]);

export class CaseView {
  /** `next()` is the id of another case to decide, `look()` reads the queue again. */
  constructor(ask, { next, look }) {
    this.ask = ask;
    this.hooks = { next, look };
    this.officer = null;
    this.id = null;
    this.shown = null;
    this.drafts = new Map(); // what was typed, by case, until it is sent
    this.frame = byId("case-view");
    this.notice = el("div", { class: "notice", role: "status", hidden: true });
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.id && !event.target.matches("textarea, input, select")) location.hash = "queue";
    });
  }

  /** Show a case; one that is shown already is read again, and what was typed stays. */
  async open(id) {
    const same = this.id === id && this.shown;
    this.id = id;
    if (!same) {
      this.shown = null;
      this.frame.replaceChildren(el("p", { class: "loading", text: "Opening the case …" }));
    }
    try {
      const found = await this.ask(`/cases/${encodeURIComponent(id)}`);
      if (this.id !== id) return;
      this.draw(found);
      if (!same) this.frame.querySelector("h1").focus({ preventScroll: true });
    } catch (error) {
      if (this.id !== id || error.status === 401) return;
      if (this.shown) this.tell("bad", error.message);
      else this.fail(error);
    }
  }

  close() {
    this.id = null;
    this.shown = null;
    this.frame.replaceChildren();
  }

  /** Say so when the queue shows that somebody else has moved the case on. */
  compare(cases, allThatWait) {
    if (!this.shown || this.sending) return;
    const now = cases.find(({ case_id: id }) => id === this.id);
    const gone = !now && allThatWait && WAITING.has(this.shown.state);
    if (gone || (now && now.version !== this.shown.version)) this.tellChanged();
  }

  hasWords() {
    return [...this.drafts.values()].some(({ reason, question }) => Boolean(reason || question));
  }

  forget() {
    this.drafts.clear();
  }

  // ---- drawing

  draw(found) {
    const columns = this.frame.querySelectorAll("[data-column]");
    const scrolled = new Map([...columns].map((column) => [column.dataset.column, column.scrollTop]));
    this.shown = found;
    if (!this.drafts.has(this.id)) this.drafts.set(this.id, { waive: new Set() });
    const panel = new Panel(found, this.officer, this.drafts.get(this.id), (body) => this.act(body));
    this.notice.hidden = true;
    this.frame.replaceChildren(
      this.head(found),
      this.notice,
      el("div", { class: "columns" },
        el("div", { class: "column facts", data: { column: "facts" } }, ...factsOf(found)),
        el("div", { class: "column story", data: { column: "story" } },
          ...[findingsOf(found), historyOf(found), papersOf(found), traceOf(found), conversationOf(found)].filter(Boolean)),
        el("div", { class: "column panel", data: { column: "panel" }, id: "panel" }, panel.element)),
    );
    for (const column of this.frame.querySelectorAll("[data-column]")) column.scrollTop = scrolled.get(column.dataset.column) ?? 0;
  }

  head(found) {
    const { facts } = found;
    const late = found.overdue ? el("span", { class: "pill no", text: "Overdue" }) : null;
    return el("header", { class: "case-head" },
      el("a", { class: "button small back", href: "#queue", "aria-label": "Back to the queue" }, "← Queue"),
      el("div", { class: "case-title" },
        el("h1", { tabindex: "-1", dir: "auto", text: found.customer_name ?? "No name yet" }),
        el("p", {}, `${found.application_id} · ${KINDS[found.kind] ?? found.kind}`)),
      el("p", { class: "request" },
        el("strong", { text: facts.request.amount ? rupees(facts.request.amount) : "No amount yet" }),
        facts.request.months ? ` over ${months(facts.request.months)}` : "",
        facts.request.purpose ? el("span", { dir: "auto", text: ` · ${facts.request.purpose}` }) : null),
      el("p", { class: "case-state" },
        el("span", { class: `pill ${found.state}`, text: STATES[found.state] ?? found.state }),
        el("span", { class: "due", text: `due ${day(found.due_on)}` }), late),
      el("a", { class: "button small to-panel", href: "#panel", on: { click: (event) => (event.preventDefault(), byId("panel").scrollIntoView()) } }, "Decide"),
    );
  }

  fail(error) {
    const [title, words] = FINAL[error.code] ?? ["The case cannot be shown", error.message];
    this.frame.replaceChildren(
      el("div", { class: "failure", role: "alert" },
        el("h1", { tabindex: "-1", text: title }),
        el("p", { text: words }),
        el("p", {},
          FINAL[error.code] ? null : button("Try again", "strong", () => this.open(this.id)), " ",
          el("a", { class: "button", href: "#queue", text: "Back to the queue" }))),
    );
  }

  tell(state, ...words) {
    this.notice.dataset.state = state;
    this.notice.replaceChildren(...words.map((part) => (typeof part === "string" ? el("p", { text: part }) : part)));
    this.notice.hidden = false;
    announce(this.notice.innerText);
  }

  tellChanged() {
    if (!this.notice.hidden && this.notice.dataset.about === "changed") return;
    this.tell("care", "This case has changed since you opened it.", button("Show it as it is now", "small", () => this.open(this.id)));
    this.notice.dataset.about = "changed";
  }

  // ---- acting

  /** One act; the same key for the same words, so that sending it again does nothing twice. */
  async act(body) {
    if (this.sending) return;
    const draft = this.drafts.get(this.id);
    const id = this.id;
    const words = JSON.stringify(body);
    if (draft.sent !== words) [draft.sent, draft.key] = [words, crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`];
    this.sending = true;
    this.frame.querySelector("#panel").inert = true;
    try {
      const done = await this.ask(`/cases/${encodeURIComponent(id)}/acts`, { ...body, version: this.shown.version, key: draft.key });
      this.drafts.delete(id);
      await this.hooks.look();
      if (this.id !== id) return;
      await this.open(id);
      this.told(body, done);
    } catch (error) {
      if (this.id === id) await this.refused(error);
    } finally {
      this.sending = false;
      const panel = this.frame.querySelector("#panel");
      if (panel) panel.inert = false;
    }
  }

  told({ act }, { case: after, told }) {
    const heard = told ? "The customer has been told." : "The conversation will be told as soon as it can be.";
    const words = {
      awaiting_second: "Your approval is proposed. Another officer has to confirm it; the customer has not been told yet.",
      asked: told ? "The question is with the customer." : "The question goes to the customer as soon as the conversation can be reached.",
      open: "The case is returned. It waits to be decided anew.",
      decided: after.outcome === "approved" ? `Approved: the application goes on under the policy. ${heard}` : `Declined. ${heard}`,
    }[after.state];
    const next = this.hooks.next();
    this.tell("good", words ?? `Done: ${act}.`,
      el("p", { class: "ways" },
        next ? el("a", { class: "button small strong", href: `#case/${next}`, text: "Next case" }) : null,
        el("a", { class: "button small", href: "#queue", text: "Back to the queue" })));
    this.notice.tabIndex = -1;
    this.notice.dataset.about = "done";
    this.notice.focus();
  }

  async refused(error) {
    if (error.status === 401) return; // the form to sign in is up, and the words wait below it
    if (CHANGED.has(error.code)) {
      await this.open(this.id);
      return this.tell("care", "The case has changed since you looked at it, so nothing was done. This is how it stands now; your words are kept.");
    }
    const away = error instanceof ApiProblem && (error.status === 0 || error.status >= 500);
    this.tell("bad", away ? `${error.message} It is not certain that it was done; to send it again is safe.` : error.message);
  }
}
