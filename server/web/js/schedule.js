// The repayment schedule of the Key Facts Statement, as a picture and as a table.

import { el, icon, svg } from "./dom.js";
import { day, rupees } from "./format.js";

export function scheduleFold(rows) {
  const fold = el("details", { class: "fold" },
    el("summary", {}, `Repayment schedule, ${rows.length} instalments`, icon("chevron")),
  );
  fold.addEventListener("toggle", () => {
    const empty = fold.children.length === 1;
    if (fold.open && empty) fold.append(chart(rows), legend(), table(rows));
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

function legend() {
  return el("div", { class: "legend" }, el("span", { text: "Principal" }), el("span", { text: "Interest" }));
}

function table(rows) {
  const head = ["No.", "Due", "Instalment", "Principal", "Interest", "Owed before"];
  const lines = rows.map((row) => {
    const money = [row.instalment, row.principal, row.interest, row.outstanding].map(rupees);
    const cells = [day(row.due, "short"), ...money].map((text) => el("td", { text }));
    return el("tr", {}, el("th", { scope: "row", text: row.number }), ...cells);
  });
  const headings = head.map((text) => el("th", { scope: "col", text }));
  return el("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": "Repayment schedule" },
    el("table", { class: "schedule" }, el("thead", {}, el("tr", {}, ...headings)), el("tbody", {}, ...lines)),
  );
}
