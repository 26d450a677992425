// What an approval must bring, by what the case needs: findings set aside, contacts attested, a slip settled, or a lost answer.

import { el } from "../dom.js";
import { measured } from "./words.js";

const SAYS = {
  fresh_tries: "The customer may try the identity check again, with new codes.",
  nothing: "The application goes on from where it stands; the policy decides as ever.",
};
const SLIP = [
  ["accept_slip", "Accept it as the customer confirmed it"],
  ["slip", "Say what is on it"],
  ["another_slip", "Ask for another slip"],
];
const OUTCOMES = [
  ["done", "It was done: ask for its result again"],
  ["not_done", "It was not done: ask once more"],
];
const FIELDS = [
  ["employee_name", "Name on the slip", { type: "text", maxlength: 120 }],
  ["net_pay", "Net pay, rupees a month", { type: "text", inputmode: "numeric", maxlength: 10 }],
  ["paid_on", "Paid on", { type: "date" }],
  ["employer", "Employer (if it is there)", { type: "text", maxlength: 120 }],
];

export function approvalParts(found, draft, changed) {
  switch (found.approval) {
    case "waive":
      return [waivers(found, draft, changed)];
    case "attest":
      return [check("I have verified phone and address, and attest them", Boolean(draft.attest), (on) => ((draft.attest = on), changed()))];
    case "slip":
      return [slips(found, draft, changed)];
    case "outcome":
      return [outcomes(draft, changed)];
    default:
      return [el("p", { class: "quiet", text: SAYS[found.approval] ?? "" })];
  }
}

/** What the approval still lacks, in words; "" when it lacks nothing. */
export function missingFor(found, draft) {
  if (found.approval === "waive" && waivable(found).some(({ rule }) => !draft.waive.has(rule))) return "Tick every finding that you set aside; an approval takes all of them.";
  if (found.approval === "attest" && !draft.attest) return "Attest the contact details.";
  if (found.approval === "outcome" && !draft.outcome) return "Say what the provider told you.";
  if (found.approval !== "slip") return "";
  if (!draft.slipWay) return "Choose what happens with the slip.";
  if (draft.slipWay !== "slip") return "";
  const { employee_name: name, net_pay: pay, paid_on: paid } = draft.slip ?? {};
  return name?.trim() && amountOf(pay) && paid ? "" : "Fill in name, net pay and day of payment.";
}

/** The approval's part of the request. */
export function broughtBy(found, draft) {
  switch (found.approval) {
    case "waive":
      return { waive: waivable(found).map(({ rule }) => rule) };
    case "attest":
      return { attest: true };
    case "slip":
      return draft.slipWay === "slip" ? { slip: read(found, draft.slip) } : { [draft.slipWay]: true };
    case "outcome":
      return { outcome: draft.outcome };
    default:
      return {};
  }
}

const waivable = ({ findings }) => findings.filter(({ waiver }) => waiver);
const amountOf = (text) => (/^[0-9]{1,8}$/.test((text ?? "").replace(/[,\s₹]/g, "")) ? Number(text.replace(/[,\s₹]/g, "")) : 0);

function read({ documents, facts }, { employee_name: name, net_pay: pay, paid_on: paid, employer }) {
  const id = facts.slip?.document_id ?? facts.document_id ?? documents.at(-1)?.document_id;
  const said = { document_id: id, employee_name: name.trim(), net_pay: amountOf(pay), paid_on: paid };
  return employer?.trim() ? { ...said, employer: employer.trim() } : said;
}

function waivers(found, draft, changed) {
  const boxes = waivable(found).map(({ rule, label, value, waiver }) =>
    check(`${label} (${rule}: ${measured(rule, value)})${waiver === "two" ? ", takes two officers" : ""}`, draft.waive.has(rule),
      (on) => ((on ? draft.waive.add(rule) : draft.waive.delete(rule)), changed())));
  return el("fieldset", {}, el("legend", { text: "Set aside" }), ...boxes);
}

function slips(found, draft, changed) {
  const { slip, reading } = found.facts;
  draft.slip ??= { ...strings(reading), ...strings(slip) };
  const ways = SLIP.filter(([way]) => (way !== "accept_slip" || slip?.confirmed) && (way !== "slip" || found.documents.length));
  const fields = el("div", { class: "slip-fields", hidden: draft.slipWay !== "slip" }, ...FIELDS.map(([name, label, kind]) => {
    const box = el("input", { id: `slip-${name}`, ...kind, on: { input: (event) => ((draft.slip[name] = event.target.value), changed()) } });
    box.value = draft.slip[name] ?? "";
    return el("div", { class: "entry" }, el("label", { for: `slip-${name}`, text: label }), box);
  }));
  return el("fieldset", {}, el("legend", { text: "The salary slip" }), ...ways.map(([way, words]) =>
    el("label", { class: "check" },
      el("input", { type: "radio", name: "slip-way", value: way, checked: draft.slipWay === way,
        on: { change: () => ((draft.slipWay = way), (fields.hidden = way !== "slip"), changed()) } }), words)), fields);
}

function outcomes(draft, changed) {
  return el("fieldset", {}, el("legend", { text: "What the provider says became of the request" }), ...OUTCOMES.map(([outcome, words]) =>
    el("label", { class: "check" },
      el("input", { type: "radio", name: "outcome", value: outcome, checked: draft.outcome === outcome,
        on: { change: () => ((draft.outcome = outcome), changed()) } }), words)));
}

const strings = (read) => Object.fromEntries(FIELDS.map(([name]) => [name, read?.[name]]).filter(([, value]) => value).map(([name, value]) => [name, name === "net_pay" ? String(value).split(".")[0] : String(value)]));

function check(words, checked, onChange) {
  return el("label", { class: "check" }, el("input", { type: "checkbox", checked, on: { change: (event) => onChange(event.target.checked) } }), words);
}
