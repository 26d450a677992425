// The four agents in a row: who has finished, whose move it is, who is at work now.

import { byId, el, icon } from "./dom.js";
import { agentOf, AGENT_NAMES, AGENTS } from "./labels.js";

const LONG_ENOUGH_TO_SEE = 420;
const DECIDED = new Set(["offer_accepted", "sanctioned", "completed"]);
const CLOSED = new Set(["rejected", "withdrawn", "expired", "under_review"]);

export function mountStepper(store) {
  const steps = new Map(AGENTS.map((agent, place) => [agent, step(agent, place)]));
  byId("stepper").append(...[...steps.values()].map(({ item }) => item));
  const pulse = pulses((agent) => {
    for (const [name, { item }] of steps) item.classList.toggle("working", name === agent);
  });
  store.watch(({ application, working }, changed) => {
    if (changed.has("working")) pulse(agentOf(working ?? ""));
    if (!changed.has("application")) return;
    const done = finished(application);
    const current = CLOSED.has(application?.status) ? null : AGENTS.find((agent) => !done.has(agent));
    for (const [agent, { item, mark, place }] of steps) {
      item.classList.toggle("done", done.has(agent));
      item.classList.toggle("current", agent === current);
      if (agent === current) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
      mark.replaceChildren(done.has(agent) ? icon("check") : String(place + 1));
    }
  });
}

function finished(application) {
  const done = new Set();
  if (!application) return done;
  if (application.status !== "initiated" && application.purpose !== null) done.add("sales");
  if (application.kyc_verified) done.add("kyc");
  if (DECIDED.has(application.status)) done.add("underwriting");
  if (application.sanction_letter_generated) done.add("sanction");
  return done;
}

function step(agent, place) {
  const mark = el("span", { class: "step-mark", "aria-hidden": "true" });
  return { mark, place, item: el("li", { class: "step", data: { agent } }, mark, AGENT_NAMES[agent]) };
}

/** Agents work in milliseconds; each is shown long enough to be seen, one after the other. */
function pulses(show) {
  const queue = [];
  let timer = null;
  const next = () => {
    const agent = queue.shift();
    show(agent ?? null);
    timer = agent === undefined ? null : setTimeout(next, LONG_ENOUGH_TO_SEE);
  };
  return (agent) => {
    if (!agent || queue.at(-1) === agent) return;
    queue.push(agent);
    if (timer === null) next();
  };
}
