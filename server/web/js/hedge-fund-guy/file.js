// What he has on you: three lights, what he noted beside each, and whether the file is complete.

import { byId, el } from "../dom.js";
import { FACTS, FILE } from "./words.js";

const FRESH = 1700; // milliseconds for which a new fact stands out

export function mountFile(store) {
  const rows = new Map(Object.entries(FACTS).map(([fact, label]) => [fact, row(fact, label)]));
  byId("lights").append(...[...rows.values()].map(({ whole }) => whole));

  store.watch(({ collected, complete, data }, changed) => {
    if (!["collected", "complete", "data"].some((key) => changed.has(key))) return;
    for (const [fact, { whole, value }] of rows) {
      const known = collected[fact];
      const words = known ? (data?.[fact] ?? "On file") : "Not on file";
      if (known && (whole.dataset.on !== "yes" || value.textContent !== words)) flash(whole);
      whole.dataset.on = known ? "yes" : "no";
      value.textContent = words;
    }
    const count = Object.values(collected).filter(Boolean).length;
    byId("file").dataset.complete = complete ? "yes" : "no";
    byId("file-state").textContent = complete ? "Complete" : `${count} of ${rows.size}`;
    byId("file-words").textContent = complete ? FILE.complete : FILE.open;
  });
}

function row(fact, label) {
  const value = el("dd", { dir: "auto" });
  const whole = el("div", { class: "light", data: { fact } }, el("dt", {}, el("span", { class: "lamp" }), label), value);
  return { whole, value };
}

function flash(row) {
  row.classList.add("fresh");
  setTimeout(() => row.classList.remove("fresh"), FRESH);
}
