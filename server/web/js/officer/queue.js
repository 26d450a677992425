// The queue: what is due first first. It looks again by itself; rows that are the same stay the same, with their focus.

import { byId, el } from "../dom.js";
import { day, rupees } from "../format.js";
import { FILTERS, KINDS, STATES } from "./words.js";

const MOST = 200;
const COLUMNS = ["Due", "Customer", "Kind", "Why a person looks", "Amount", "State"];

export class Queue {
  /** `open(caseId)` shows a case. */
  constructor(ask, open) {
    this.ask = ask;
    this.open = open;
    this.state = "waiting";
    this.kind = "";
    this.found = [];
    this.rows = new Map();
    this.place = null; // the case that had the focus last
    this.draw();
  }

  draw() {
    const states = FILTERS.map(([state, words]) =>
      el("button", { type: "button", class: "tab", data: { state }, "aria-pressed": String(state === this.state),
        on: { click: () => this.choose(state) } }, words));
    const kinds = el("select", { id: "kind", on: { change: (event) => ((this.kind = event.target.value), this.fill()) } },
      el("option", { value: "", text: "Every kind" }),
      ...Object.entries(KINDS).map(([value, text]) => el("option", { value, text })));
    this.body = el("tbody");
    this.none = el("div", { class: "none", hidden: true });
    this.count = el("p", { class: "count", role: "status" });
    byId("queue-view").replaceChildren(
      el("div", { class: "queue-head" },
        el("h1", { id: "queue-title", text: "Queue" }), this.count,
        el("p", { class: "refreshed", id: "refreshed" }),
        el("p", { class: "keys" }, "Keys: ", el("kbd", { text: "↑" }), " ", el("kbd", { text: "↓" }), " to move, ", el("kbd", { text: "Enter" }), " to open, ", el("kbd", { text: "Esc" }), " back")),
      el("div", { class: "filters" },
        el("div", { class: "tabs", role: "group", "aria-label": "State" }, ...states),
        el("label", { class: "visually-hidden", for: "kind", text: "Kind" }), kinds),
      el("div", { class: "table-frame" },
        el("table", { class: "queue" },
          el("thead", {}, el("tr", {}, ...COLUMNS.map((text) => el("th", { scope: "col", text })))), this.body), this.none),
    );
    addEventListener("keydown", (event) => byId("queue-view").hidden || this.move(event));
  }

  choose(state) {
    this.state = state;
    for (const tab of byId("queue-view").querySelectorAll(".tab")) tab.setAttribute("aria-pressed", String(tab.dataset.state === state));
    this.refresh();
  }

  /** The cases in the chosen state, drawn; null when they cannot be had. */
  async refresh() {
    const asked = this.state;
    try {
      const { cases, total } = await this.ask(`/cases?state=${asked}&limit=${MOST}`);
      if (asked !== this.state) return null;
      this.found = cases;
      this.total = total;
      this.fill();
      return cases;
    } catch (error) {
      if (error.status !== 0 && error.status !== 401) this.say("The queue cannot be shown", error.message);
      return null;
    }
  }

  /** Whether `found` is all that waits. */
  get whole() {
    return this.state === "waiting" && this.total <= this.found.length;
  }

  fill() {
    const shown = this.found.filter(({ kind }) => !this.kind || kind === this.kind);
    const late = shown.filter(({ overdue }) => overdue).length;
    const more = this.total > this.found.length ? `, the first ${this.found.length} of ${this.total}` : "";
    const words = `${shown.length} ${shown.length === 1 ? "case" : "cases"}${more}${late ? ` · ${late} overdue` : ""}`;
    if (this.count.textContent !== words) this.count.textContent = words;
    const rows = new Map();
    for (const one of shown) {
      const key = JSON.stringify(one);
      const before = this.rows.get(one.case_id);
      rows.set(one.case_id, before?.key === key ? before : { key, row: this.row(one) });
    }
    const had = document.activeElement?.closest?.("tr")?.dataset.case;
    const wanted = [...rows.values()].map(({ row }) => row);
    if (wanted.length !== this.body.rows.length || wanted.some((row, place) => row !== this.body.rows[place])) {
      this.body.replaceChildren(...wanted);
      if (had) rows.get(had)?.row.querySelector("a")?.focus();
    }
    this.rows = rows;
    if (shown.length) this.none.hidden = true;
    else this.say("Nothing here", this.state === "waiting" && !this.kind ? "No case waits for a person. New ones appear by themselves." : "No case is like this at the moment.");
  }

  say(title, words) {
    this.none.replaceChildren(el("h2", { text: title }), el("p", { text: words }));
    this.none.hidden = false;
  }

  row(one) {
    const own = one.own;
    const name = own
      ? el("span", { class: "own", text: "Your own application" })
      : el("a", { href: `#case/${one.case_id}`, dir: "auto", text: one.customer_name ?? "No name yet" });
    const proposed = one.proposed_by ? el("span", { class: "aside", text: `proposed by ${one.proposed_by}` }) : null;
    const outcome = one.outcome ? el("span", { class: "aside", text: one.outcome }) : null;
    const row = el("tr", { data: { case: one.case_id, state: one.state }, class: own ? "own-case" : one.overdue ? "late" : null },
      el("td", { class: "due" }, day(one.due_on, "short"), one.overdue ? el("span", { class: "pill no", text: "Overdue" }) : null),
      el("td", { class: "name" }, name, el("span", { class: "aside", text: one.application_id })),
      el("td", {}, el("span", { class: "kind", data: { kind: one.kind }, text: KINDS[one.kind] ?? one.kind })),
      el("td", { class: "why" }, ...(own ? ["Somebody else decides on it"] : one.reasons_in_words.map((text) => el("span", { text })))),
      el("td", { class: "money", text: one.amount === null ? "" : rupees(one.amount) }),
      el("td", {}, el("span", { class: `pill ${one.state}`, text: STATES[one.state] ?? one.state }), proposed ?? outcome),
    );
    if (!own) row.addEventListener("click", (event) => event.target.closest("a") || getSelection().toString() || this.open(one.case_id));
    return row;
  }

  links() {
    return [...this.body.querySelectorAll("a")];
  }

  move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
    if (!step || event.target.matches("select, input") || event.ctrlKey || event.metaKey || event.altKey) return;
    const links = this.links();
    if (!links.length) return;
    event.preventDefault();
    const at = links.indexOf(document.activeElement);
    links[Math.max(0, Math.min(links.length - 1, at < 0 ? 0 : at + step))].focus();
  }

  /** Where the officer was, after a case. */
  focus() {
    (this.rows.get(this.place)?.row.querySelector("a") ?? this.links()[0] ?? byId("work")).focus({ preventScroll: true });
  }

  /** The case that comes after this one and still waits for a decision. */
  next(id) {
    return this.found.find((one) => one.case_id !== id && !one.own && one.state === "open")?.case_id ?? null;
  }
}
