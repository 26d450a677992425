// What the policy found, in words; and every rule that it looked at, those that apply first.

import { el } from "../dom.js";
import { day } from "../format.js";
import { bound, DECISIONS, measured, RESULTS } from "./words.js";

const FIRST = ["hit", "waived", "pass", "off"];
const WAIVERS = { one: "One officer may set it aside", two: "Two officers may set it aside" };

export function findingsOf(found) {
  const { findings, facts } = found;
  const { decision } = facts;
  const inFindings = new Set(findings.map(({ label }) => label));
  const others = found.reasons_in_words.filter((words) => !inFindings.has(words));
  const head = decision
    ? `${DECISIONS[decision.decision] ?? decision.decision} · policy ${decision.policy_version}, ${decision.profile} profile · as of ${day(decision.as_of, "short")}`
    : "The policy has not decided yet";
  return el("section", { class: "card findings" },
    el("h2", { text: "Why a person looks" }),
    el("p", { class: "quiet", text: head }),
    el("ul", {},
      ...others.map((words) => el("li", {}, el("strong", { text: words }))),
      ...findings.map((one) => el("li", {},
        el("strong", { text: one.label }),
        el("span", { class: "figures" }, `${one.rule}: `, el("b", { text: measured(one.rule, one.value) }), ` against ${thresholdOf(found, one)}`),
        el("span", { class: "quiet", text: WAIVERS[one.waiver] ?? "Nobody may set it aside" })))),
    waiversOf(facts.waivers),
  );
}

function thresholdOf({ trace }, { rule, threshold }) {
  return bound(trace.find((one) => one.rule === rule) ?? { rule, threshold, band: null });
}

function waiversOf(waivers) {
  if (!waivers?.rules.length) return null;
  return el("p", { class: "quiet", text: `Set aside before: ${waivers.rules.map(({ rule }) => rule).join(", ")}` });
}

export function traceOf({ trace, facts }) {
  const section = el("section", { class: "card trace" }, el("h2", { text: "Every rule that was looked at" }));
  if (!trace.length) {
    section.append(el("p", { class: "quiet", text: "There is no decision yet." }));
    return section;
  }
  const sorted = [...trace].sort((one, other) => FIRST.indexOf(one.result) - FIRST.indexOf(other.result));
  section.append(
    el("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": "Decision trace" },
      el("table", {},
        el("thead", {}, el("tr", {}, ...["Result", "Rule", "It applies when …", "Value", "Threshold"].map((text) => el("th", { scope: "col", text })))),
        el("tbody", {}, ...sorted.map((one) => el("tr", { data: { result: one.result, rule: one.rule } },
          el("td", {}, el("span", { class: "result", text: RESULTS[one.result] ?? one.result })),
          el("td", { class: "rule", text: one.rule }),
          el("td", { text: one.when }),
          el("td", { class: "figure", text: one.result === "off" ? "" : measured(one.rule, one.value) }),
          el("td", { class: "figure", text: one.result === "off" ? "" : bound(one) })))))),
    el("p", { class: "quiet", text: `Decision ${facts.decision.decision_id}. Stages after the one with a finding were not looked at.` }),
  );
  return section;
}
