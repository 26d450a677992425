// The desk's own words for the states and fields of the officers' API.

import { day, rupees } from "../format.js";

export const KINDS = {
  policy: "Policy",
  appeal: "Appeal",
  identity: "Identity",
  kyc: "KYC",
  document: "Document",
  statement: "Statement",
  provider: "Provider",
};

export const STATES = {
  open: "To decide",
  asked: "Customer asked",
  awaiting_second: "Second officer",
  decided: "Decided",
  withdrawn: "Withdrawn",
};

export const FILTERS = [
  ["waiting", "All that wait"],
  ["open", "To decide"],
  ["awaiting_second", "Second officer"],
  ["asked", "Customer asked"],
  ["decided", "Decided"],
  ["withdrawn", "Withdrawn"],
];

export const ACTS = {
  approve: "Approved",
  decline: "Declined",
  ask: "Asked the customer",
  confirm: "Confirmed",
  return: "Returned",
  answer: "The customer answered",
};

export const DECISIONS = {
  APPROVE: "Approve",
  COUNTER_OFFER: "Counter-offer",
  NEEDS_DOCUMENT: "A document is needed",
  INCOMPLETE: "Incomplete",
  MANUAL_REVIEW: "A person decides",
  DECLINE: "Decline",
};

export const RESULTS = { hit: "Applies", waived: "Set aside", pass: "Passed", off: "Off" };

export const KYC_MODES = { vcip: "Video KYC", otp_ekyc: "OTP e-KYC", ckyc: "CKYC" };

const MONEY = new Set(["E-05", "M-09", "M-10", "L-01", "L-03", "L-04", "L-05", "L-06", "OK-1"]);
const SHARES = new Set(["A-01", "A-02"]);

/** A value or threshold of the trace, as its rule means it. */
export function measured(rule, value) {
  if (value === null || value === undefined || value === "None/None") return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  const number = Number(value);
  if (Number.isNaN(number)) return String(value);
  if (MONEY.has(rule) || (rule === "D-01" && value !== true)) return rupees(value);
  return SHARES.has(rule) ? `${String(Math.round(number * 100) / 100)}%` : String(value);
}

/** The threshold, and which scores a band stands for. */
export function bound({ rule, threshold, band }) {
  const words = measured(rule, threshold);
  return band ? `${words} (${band})` : words;
}

export function yesNo(value) {
  return value === null || value === undefined ? null : value ? "Yes" : "No";
}

/** An instant on this device's clock: `22 Nov, 17:57`. */
export function moment(instant) {
  const time = new Date(instant);
  const clock = time.toLocaleTimeString("en-IN", { hour: "2-digit", minute: "2-digit", hour12: false });
  const date = new Date(time.getTime() - time.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
  return `${day(date, "short")}, ${clock}`;
}

/** What an act brought beside its reason. */
export function detailsOf({ details }) {
  const lines = [];
  if (details.waive) lines.push(`Set aside: ${details.waive.map(({ rule, value }) => `${rule} (${measured(rule, value)})`).join(", ")}`);
  if (details.attest) lines.push("Contact details attested");
  if (details.accept_slip) lines.push("Slip accepted as the customer confirmed it");
  if (details.outcome) lines.push(details.outcome === "done" ? "The request was carried out" : "The request was not carried out");
  if (details.another_slip) lines.push("Another slip asked for");
  if (details.slip) lines.push(`Read on the slip: ${details.slip.employee_name}, ${rupees(details.slip.net_pay)}, paid ${day(details.slip.paid_on, "short")}`);
  return lines;
}
