// The tape under the masthead. It names what he talks about, never a price, and runs only while he thinks or talks.

import { byId, el } from "../dom.js";

const SUBJECTS = ["Momentum", "Value", "Rates", "Options", "Risk", "Macro", "Behaviour", "Carry", "Drawdown", "Convexity", "Inflation", "Patience"];

export function mountTape(store) {
  const run = () => el("span", { class: "run" }, ...SUBJECTS.map((subject) => el("span", { text: subject })));
  byId("tape").append(el("div", { class: "roll" }, run(), run(), run())); // the copies fill the widest screen without a gap
  store.watch(({ busy }) => (document.body.dataset.busy = busy ? "yes" : "no"));
}
