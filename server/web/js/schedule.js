// The repayment schedule of the Key Facts Statement, as a picture and as a table.

import { el, icon, svg } from "./dom.js";
import { day, rupees } from "./format.js";

/** The schedule of a Key Facts Statement, folded; its words are the statement's. */
export function scheduleFold({ repayment_schedule: rows, text, language }) {
  const words = text.schedule;
  const fold = el("details", { class: "fold", lang: language },
    el("summary", {}, words.summary, icon("chevron")),
  );
  fold.addEventListener("toggle", () => {
    const empty = fold.children.length === 1;
    if (fold.open && empty) fold.append(chart(rows), legend(words), table(rows, words, language));
  });
  return fold;
}

function chart(rows) {
  const highest = Math.max(...rows.map((row) => Number(row.instalment)));
  const slot = 100 / rows.length;
  const bars = rows.flatMap((row, place) => {
    const interest = (40 * Number(row.interest)) / highest;
    const principal = (40 * Number(row.principal)) / highest;
    const box = { x: place * slot, width: slot * 0.76 };
    return [
      svg("rect", { class: "principal", ...box, y: 40 - principal, height: principal }),
      svg("rect", { class: "interest", ...box, y: 40 - principal - interest, height: interest }),
    ];
  });
  return svg("svg", { class: "chart", viewBox: "0 0 100 40", preserveAspectRatio: "none", "aria-hidden": "true" }, ...bars);
}

function legend(words) {
  const [principal, interest] = headings(words, ["principal", "interest"]);
  return el("div", { class: "legend" }, el("span", { text: principal }), el("span", { text: interest }));
}

/** The statement's headings of its columns, whose unit stands in every cell here. */
function headings(words, names) {
  return names.map((name) => words.columns[name].replace(" (₹)", ""));
}

function table(rows, words, language) {
  const head = headings(words, ["number", "due", "instalment", "principal", "interest", "outstanding"]);
  const lines = rows.map((row) => {
    const money = [row.instalment, row.principal, row.interest, row.outstanding].map(rupees);
    const due = language === "en" ? day(row.due, "short") : row.due.split("-").reverse().join("-");
    const cells = [due, ...money].map((text) => el("td", { text }));
    return el("tr", {}, el("th", { scope: "row", text: row.number }), ...cells);
  });
  const cells = head.map((text) => el("th", { scope: "col", text }));
  return el("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": words.title },
    el("table", { class: "schedule" }, el("thead", {}, el("tr", {}, ...cells)), el("tbody", {}, ...lines)),
  );
}
