// The Key Facts Statement beside the chat.

import { byId, el } from "./dom.js";
import { day, months, percent, rupees } from "./format.js";
import { row } from "./offer.js";
import { scheduleFold } from "./schedule.js";

const NOTHING_YET =
  "Once you accept an offer, its Key Facts Statement appears here: the cost of the loan, every charge, and the " +
  "repayment schedule. You read it before anything is signed.";

export function mountKeyFacts(store) {
  const panel = el("div", { class: "panel-inner" });
  byId("keyfacts").append(panel);
  store.watch(({ keyfacts }, changed) => {
    if (changed.has("keyfacts")) panel.replaceChildren(...(keyfacts ? statement(keyfacts) : nothingYet()));
  });
}

function nothingYet() {
  return [
    el("h2", { class: "panel-title", text: "Key facts" }),
    el("p", { class: "empty-state", text: NOTHING_YET }),
  ];
}

function statement(facts) {
  const { part_1: terms, part_2: clauses } = facts;
  const charges = terms.contingent_charges;
  return [
    el("h2", { class: "panel-title", text: "Key Facts Statement" }),
    el("p", { class: "panel-sub", text: `${facts.proposal_number} · for ${facts.applicant_name}` }),
    el("div", { class: "apr" },
      el("b", { text: percent(facts.apr_pct_incl_gst) }),
      el("span", { text: `APR, with GST on the fee; ${percent(facts.apr_pct_excl_gst)} without` }),
    ),
    section("The loan", [
      ["Amount", rupees(terms.sanctioned_amount)],
      ["Interest rate", `${percent(terms.interest.rate_pct)} ${terms.interest.type}`],
      ["Tenure", months(terms.loan_term_months)],
      ["EMI", rupees(facts.instalment)],
      ["First due", day(terms.instalments.first_due)],
      ["Last instalment", rupees(facts.last_instalment)],
    ]),
    section("What it costs", [
      ["Total interest", rupees(facts.total_interest)],
      ["Processing fee", rupees(facts.processing_fee)],
      ["GST on the fee", rupees(facts.gst_on_fee)],
      ["You receive", rupees(facts.net_disbursed)],
      ["Total to be paid", rupees(facts.total_to_be_paid)],
    ]),
    section("Only if it comes to that", [
      ["Late payment", `${percent(charges.penal_charge.pct_pa_of_overdue_instalment)} a year on the overdue instalment`],
      ["Returned payment", `${rupees(charges.bounce_charge.amount)} plus GST`],
      ["Early closure", `${percent(charges.foreclosure_fee.pct_of_principal_repaid)} of what is repaid, plus GST`],
      ["Cooling-off", `${clauses.cooling_off_days} days without penalty`],
    ]),
    scheduleFold(facts.repayment_schedule),
    contact("Grievance officer", clauses.grievance_officer),
    contact("Nodal officer", clauses.nodal_officer),
    el("p", { class: "note", text: `${facts.lender.name}. ${facts.lender.registration}` }),
    el("p", { class: "note", text: `Valid until ${day(facts.valid_until)}.` }),
  ];
}

function section(title, rows) {
  const list = el("dl", { class: "rows" }, ...rows.map(([label, value]) => row(label, value)));
  return el("div", { class: "group" }, el("h3", { text: title }), list);
}

function contact(title, { name, phone, email, hours }) {
  const words = `${name}. ${phone}, ${email}. ${hours}.`;
  return el("div", { class: "group" }, el("h3", { text: title }), el("p", { class: "note", text: words }));
}
