// The offer as a card, counter-offers side by side. Every figure is the server's; nothing is computed here but widths.

import { button, el, svg } from "./dom.js";
import { day, months, percent, rupees } from "./format.js";
import { ALTERNATIVES, LENDER } from "./labels.js";
import { scheduleFold } from "./schedule.js";

/** The offer that stands; with a Key Facts Statement at hand, its repayment schedule folds out. */
export function offerCard(offer, keyfacts, title) {
  const body = el("div", { class: "card-body" },
    el("h2", { class: "card-kicker", text: title }),
    el("div", { class: "headline" },
      el("p", { class: "amount", text: rupees(offer.amount) }),
      el("p", { class: "emi" }, rupees(offer.emi), el("small", { text: " EMI a month" })),
    ),
    el("dl", { class: "figures" },
      ...figure("Interest rate", `${percent(offer.rate_pct)} fixed`),
      ...figure("Tenure", months(offer.months)),
      ...figure("APR", percent(offer.apr_pct)),
      ...figure("You receive", rupees(offer.net_disbursed)),
      ...figure("Total interest", rupees(offer.total_interest)),
      ...figure("Valid until", day(offer.valid_until)),
    ),
    split(offer.amount, offer.total_interest),
    keyfacts ? scheduleFold(keyfacts) : null,
    el("p", { class: "lender", text: keyfacts ? `${keyfacts.lender.name}. ${keyfacts.lender.registration}` : LENDER }),
  );
  return el("article", { class: "card engraved offer", data: { card: "offer" } }, body);
}

/** Counter-offers side by side. `onChoose(number)` counts from one. */
export function optionCards(alternatives, onChoose) {
  const cards = alternatives.map((option, place) => {
    const number = place + 1;
    const kind = (ALTERNATIVES[option.kind] ?? "another way").toLowerCase();
    const tags = compared(option, alternatives).map((text) => el("span", { class: "tag", text }));
    return el("article", { class: "card option", data: { option: number } },
      el("div", { class: "card-body" },
        el("h2", { class: "card-kicker", text: `Option ${number}: ${kind}` }),
        el("p", { class: "amount", text: rupees(option.amount) }),
        el("p", { class: "emi" }, "EMI ", el("b", { text: rupees(option.emi) }), " a month"),
        el("dl", { class: "rows" },
          row("Tenure", months(option.months)),
          row("Interest rate", `${percent(option.rate_pct)} fixed`),
          row("Total interest", rupees(option.total_interest)),
          option.apr_pct ? row("APR", percent(option.apr_pct)) : null,
        ),
        el("div", { class: "facts-of-option" }, ...tags),
        el("div", { class: "card-end" }, button(`Choose option ${number}`, "", () => onChoose(number))),
      ),
    );
  });
  return el("div", { class: "options", data: { card: "options" } }, ...cards);
}

export function row(label, value) {
  return el("div", {}, el("dt", { text: label }), el("dd", {}, value));
}

function figure(label, value) {
  return [el("div", {}, el("dt", { text: label }), el("dd", { text: value }))];
}

/** Plain facts about one option among the others; never a recommendation. */
function compared(option, all) {
  if (all.length < 2) return [];
  const least = (name) => all.every((other) => other === option || Number(option[name]) < Number(other[name]));
  return [least("emi") && "Lowest EMI", least("total_interest") && "Least interest"].filter(Boolean);
}

function split(principal, interest) {
  const whole = Number(principal) + Number(interest);
  const width = (100 * Number(principal)) / whole;
  const picture = svg("svg", { viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "principal", x: 0, y: 0, width: width - 0.4, height: 6 }),
    svg("rect", { class: "interest", x: width + 0.4, y: 0, width: 100 - width, height: 6 }),
  );
  const legend = el("div", { class: "legend" },
    el("span", { text: `Loan ${rupees(principal)}` }),
    el("span", { text: `Interest ${rupees(interest)}` }),
  );
  return el("div", { class: "split" }, picture, legend);
}
