// What is known of the customer, what was asked for, what the bureau reported, and what a slip says beside the slip.

import { el, icon } from "../dom.js";
import { day, months, percent, rupees } from "../format.js";
import { KYC_MODES, moment, yesNo } from "./words.js";

const PURPOSES = { data_use: "Use of data", kyc: "KYC", bureau_pull: "Bureau report", marketing: "Marketing", model_processing: "Language model" };
const PAST = [
  ["months_since_30dpd", "30 days overdue"],
  ["months_since_60dpd", "60 days overdue"],
  ["months_since_writeoff_or_settled", "Write-off or settlement"],
];
const maybe = (words) => (value) => (value === null || value === undefined ? null : words(value));
const money = maybe(rupees);

export function factsOf(found) {
  const { facts } = found;
  const { customer, records, request, decision } = facts;
  return [
    group("Customer", [
      ["Name", facts.name], ["PAN", facts.masked_pan], ["Phone", customer.phone],
      ["E-mail", customer.email ?? records.email], ["City", records.city && `${records.city} ${records.pincode ?? ""}`],
      ["Language", { en: "English", hi: "Hindi", hinglish: "Hinglish" }[customer.language]],
    ]),
    group("Identity", [
      ["KYC", customer.kyc_verified ? KYC_MODES[customer.kyc_mode] ?? "Verified" : "Not verified", !customer.kyc_verified],
      ["Phone verified", yesNo(customer.phone_verified)],
      ["On record", records.phone_ok === undefined ? null : `phone ${records.phone_ok ? "yes" : "no"}, address ${records.address_ok ? "yes" : "no"}`],
      ["Mismatches", customer.identity_mismatches || null, true],
      ["Video KYC", facts.video_kyc_due ? "due" : null],
    ]),
    group("Request", [
      ["Amount", money(request.amount)], ["Tenure", maybe(months)(request.months)], ["Purpose", request.purpose],
      ["Pre-approved", decision?.inputs.applicant.offer ? rupees(decision.inputs.applicant.offer.limit) : null],
      ["Appeals", facts.appeals || null],
    ]),
    workOf(facts),
    bureauOf(facts),
    group("Consents", facts.consents.map(({ purpose, at }) => [PURPOSES[purpose] ?? purpose, moment(at)])),
  ].filter(Boolean);
}

function workOf({ customer, records }) {
  return group("Work and income", [
    ["Employment", customer.employment ?? records.employment],
    ["Employer", customer.employer ?? records.employer],
    ["In this job", maybe(months)(records.months_current_employer)],
    ["In work", maybe(months)(records.months_total_employment)],
    ["Income stated", money(customer.monthly_income_declared ?? records.declared_income)],
    ["Income on file", money(records.net_income_on_file)],
    ["Household a year", money(customer.household_annual_income ?? records.household_annual_income)],
    ["Other EMIs", money(customer.existing_emi_declared ?? records.existing_emi)],
  ]);
}

function bureauOf({ bureau, decision }) {
  if (!bureau) return group("Bureau", [["Report", "None was fetched"]]);
  const seen = { ...(decision?.inputs.applicant.bureau ?? {}), ...bureau.history };
  return group("Bureau", [
    ["Score", bureau.score ?? "No score"],
    ["Report of", day(bureau.pulled_on, "short")],
    ["EMIs reported", money(bureau.existing_emi)],
    ...PAST.map(([name, words]) => [words, seen[name] === null || seen[name] === undefined ? "None" : `${months(seen[name])} ago`, Boolean(seen[name])]),
    ["Enquiries, 90 days", seen.enquiries_90d ?? null],
  ]);
}

/** The papers, the newest that counts beside what was read on it. */
export function papersOf(found) {
  const { documents, facts } = found;
  if (!documents.length) return el("section", { class: "card papers" }, el("h2", { text: "Documents" }), el("p", { class: "quiet", text: "The customer has brought none." }));
  const told = facts.slip?.document_id ?? facts.document_id;
  const main = documents.find(({ document_id: id }) => id === told) ?? documents.at(-1);
  return el("section", { class: "card papers" },
    el("h2", { text: "Documents" }),
    el("div", { class: "beside" }, paper(found, main), readingOf(facts)),
    documents.length > 1
      ? el("ul", { class: "others" }, ...documents.filter((one) => one !== main).map((one) => el("li", {}, link(found, one), ` · ${moment(one.uploaded_at)}`)))
      : null,
  );
}

const KINDS = { salary_slip: "Salary slip" };
const address = (found, { document_id: id }) => `/api/v1/cases/${encodeURIComponent(found.case_id)}/documents/${encodeURIComponent(id)}`;

function link(found, one) {
  const name = `${KINDS[one.kind] ?? one.kind} (${one.media.toUpperCase()})`;
  return el("a", { href: address(found, one), download: `document.${one.media}` }, name);
}

/** A picture is shown, of which no browser runs anything; a PDF is kept and opened outside of this page. */
function paper(found, one) {
  const picture = one.media === "png" || one.media === "jpeg";
  return el("figure", { class: "paper" },
    picture
      ? el("a", { href: address(found, one), download: `document.${one.media}` },
          el("img", { src: address(found, one), alt: "The document as it was uploaded", loading: "lazy" }))
      : el("div", { class: "sheet" }, icon("paper")),
    el("figcaption", {},
      el("a", { class: "button small", href: address(found, one), download: `document.${one.media}` }, icon("download"), `Save the ${one.media.toUpperCase()}`),
      el("span", { class: "quiet", text: `uploaded ${moment(one.uploaded_at)}` }),
      picture ? null : el("span", { class: "quiet", text: "A customer's PDF is never opened inside this page." })),
  );
}

function readingOf({ slip, reading, name, records }) {
  const read = slip ?? reading;
  if (!read || !(read.employee_name || read.employer || read.net_pay || read.paid_on)) return el("p", { class: "quiet", text: "Nothing was read on it." });
  const other = (one, two) => Boolean(one && two && one.trim().toLowerCase() !== two.trim().toLowerCase());
  return group(slip ? "Read on the slip" : "Read, but not relied on", [
    ["Name", read.employee_name, other(read.employee_name, name)],
    ["Employer", read.employer, other(read.employer, records.employer)],
    ["Net pay", money(read.net_pay)],
    ["Income on file", money(records.net_income_on_file)],
    ["Paid on", maybe((date) => day(date, "short"))(read.paid_on)],
    ["Confirmed", slip ? (slip.confirmed ? "by the customer" : "not yet") : null],
  ]);
}

/** A titled list; what is not known is left out, `marked` values stand out. */
export function group(title, rows) {
  const known = rows.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false);
  if (!known.length) return null;
  return el("section", { class: "group" },
    el("h2", { text: title }),
    el("dl", {}, ...known.map(([label, value, marked]) =>
      el("div", { class: marked ? "marked" : null }, el("dt", { text: label }), el("dd", { dir: "auto", text: String(value) })))));
}

export function outlookOf({ outlook }) {
  if (!outlook) return null;
  const loan = outlook.amount
    ? `${rupees(outlook.amount)} over ${months(outlook.months)}${outlook.rate_pct ? ` at ${percent(outlook.rate_pct)}` : ""}${outlook.emi ? `, EMI ${rupees(outlook.emi)}` : ""}`
    : "";
  return { decision: outlook.decision, reasons: outlook.reasons_in_words, loan };
}
