// The application filling up: the twelve fields of the contract, and what is wanted next.

import { byId, el, svg } from "./dom.js";
import { day, months, percent, rupees } from "./format.js";
import { AWAITED, ELIGIBILITY, FILLS, STATUS } from "./labels.js";

const yes = (words) => (value) => (value ? words : null);

const GROUPS = [
  ["Your request", [
    ["applicant_name", "Name", String],
    ["desired_amount", "Amount", rupees],
    ["loan_term_months", "Tenure", months],
    ["purpose", "Purpose", String],
  ]],
  ["Identity and credit", [
    ["kyc_verified", "Identity (KYC)", yes("Verified")],
    ["credit_score", "Credit score", String],
    ["credit_eligibility", "Eligibility", (value) => ELIGIBILITY[value] ?? value],
  ]],
  ["Offer and letter", [
    ["offered_amount", "Offered amount", rupees],
    ["offered_interest_rate", "Interest rate", (value) => `${percent(value)} a year`],
    ["sanction_letter_generated", "Sanction letter", yes("Issued")],
    ["sanction_letter_url", "Letter as PDF", letterLink],
    ["status", "Status", (value) => STATUS[value] ?? value],
  ]],
];
const FRESH = 1700; // milliseconds for which a new value stands out
const UNDECIDED = { kyc_verified: false, sanction_letter_generated: false, credit_eligibility: "pending" };
const GOOD = new Set(["sanctioned", "completed", "offer_made", "offer_accepted"]);
const BAD = new Set(["rejected", "withdrawn", "expired"]);

export function mountApplication(store) {
  const rows = new Map();
  const reference = el("p", { class: "panel-sub" });
  const pill = el("p", { class: "pill" });
  const meter = el("div", { class: "filled" });
  const words = el("p", { class: "filled-words" });
  const next = el("div", { class: "next" });
  const groups = GROUPS.map(([title, fields]) => group(title, fields, rows));
  const head = el("div", { class: "panel-head" }, words, pill);
  const title = el("h2", { class: "panel-title", text: "Your application" });
  byId("application").append(el("div", { class: "panel-inner" }, title, reference, meter, head, next, ...groups));

  store.watch(({ application, settled }, changed) => {
    if (!application || !(changed.has("application") || changed.has("settled"))) return;
    reference.textContent = application.application_id ? `Reference ${application.application_id}` : "Nothing is filled in yet";
    pill.textContent = stateWords(application);
    pill.className = `pill ${GOOD.has(application.status) ? "" : BAD.has(application.status) ? "no" : "wait"}`;
    const filled = showFields(rows, application, settled.awaiting);
    meter.replaceChildren(bar(filled, rows.size));
    words.textContent = `${filled} of ${rows.size} filled`;
    showNext(next, settled.awaiting);
  });
}

function stateWords({ status, review }) {
  if (status === "under_review" && review) return `With our credit team, by ${day(review.due_on, "short")}`;
  return STATUS[status] ?? status;
}

function group(title, fields, rows) {
  const list = el("dl");
  for (const [name, label, words] of fields) {
    const value = el("dd", { dir: "auto" });
    const row = el("div", { class: "field", data: { field: name } }, el("dt", { text: label }), value);
    rows.set(name, { row, value, words, shown: undefined });
    list.append(row);
  }
  return el("div", { class: "group" }, el("h3", { text: title }), list);
}

/** The number of fields that say something. */
function showFields(rows, application, awaiting) {
  const awaited = new Set(awaiting.map((name) => FILLS[name]));
  let filled = 0;
  for (const [name, field] of rows) {
    const value = application[name] ?? null;
    const known = value !== null && value !== UNDECIDED[name];
    filled += known ? 1 : 0;
    field.row.classList.toggle("empty", !known);
    field.row.classList.toggle("awaited", awaited.has(name));
    if (field.shown !== value || field.wasAwaited !== awaited.has(name)) {
      const words = value === null ? null : field.words(value);
      field.value.replaceChildren(words ?? (awaited.has(name) ? "waiting for you" : "–"));
      if (known && field.shown !== undefined && field.shown !== value) flash(field.row);
    }
    field.shown = value;
    field.wasAwaited = awaited.has(name);
  }
  return filled;
}

function showNext(box, awaiting) {
  box.hidden = awaiting.length === 0;
  const items = awaiting.map((name) => el("li", { data: { awaiting: name }, text: AWAITED[name] ?? name }));
  box.replaceChildren(el("p", { text: "Needed from you" }), el("ul", {}, ...items));
}

function flash(row) {
  row.classList.add("fresh");
  setTimeout(() => row.classList.remove("fresh"), FRESH);
}

function bar(filled, total) {
  const gap = 1;
  const width = 100 / total - gap;
  const parts = Array.from({ length: total }, (_, place) =>
    svg("rect", { x: place * (width + gap), y: 0, width, height: 6, rx: 1, class: place < filled ? "on" : "off" }),
  );
  return svg("svg", { viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" }, ...parts);
}

function letterLink(url) {
  return el("a", { href: url, download: "sanction-letter.pdf", text: "Download" });
}
