// The credit desk: who is signed in, the queue, and one case at a time. The address says which, behind the #.

import { call } from "../api.js";
import { button, byId, el } from "../dom.js";
import { clock, rupees } from "../format.js";
import { CaseView } from "./case.js";
import { Queue } from "./queue.js";
import { SignIn } from "./sign_in.js";

const EVERY = 15000;
// Looking by itself would keep a sign-in alive on an empty chair, so it ends with the officer's own attention.
const ATTENTION = 10 * 60000;

let touched = Date.now();
for (const kind of ["keydown", "pointerdown", "pointermove", "scroll"]) {
  addEventListener(kind, () => (touched = Date.now()), { passive: true, capture: true });
}

/** An answer of the officers' API; when the sign-in has ended, the form for a new one comes up. Raises ApiProblem. */
async function ask(path, body) {
  const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  try {
    const answer = await call(path, options);
    tell("");
    return answer;
  } catch (error) {
    if (error.status === 401) signIn.ask();
    else if (error.status === 0) tell("The service cannot be reached; trying again.", "away");
    throw error;
  }
}

function tell(words, state = "") {
  const place = byId("desk-state");
  if (place.textContent !== words) place.textContent = words;
  place.dataset.state = state;
}

const queue = new Queue(ask, (id) => (location.hash = `case/${id}`));
const view = new CaseView(ask, { next: () => queue.next(view.id), look: () => refresh() });
const signIn = new SignIn((officer) => {
  if (view.officer && view.officer.name !== officer.name) {
    view.forget(); // nothing of another officer's stays
    location.reload();
    return;
  }
  byId("who").replaceChildren(
    el("p", {}, el("strong", { text: officer.name }), el("span", { text: roleWords(officer) })),
    button("Sign out", "small", () => {
      if (view.hasWords() && !confirm("What you typed has not been sent. Sign out all the same?")) return;
      view.forget();
      signIn.leave();
    }),
  );
  view.officer = officer;
  const before = sessionStorage.getItem("esoteric.desk");
  sessionStorage.removeItem("esoteric.desk");
  if (before && !location.hash) location.hash = before;
  show();
});

function roleWords({ roles, limit_rupees: limit }) {
  const decides = roles.includes("maker") || roles.includes("checker");
  return `${roles.join(", ")}${decides ? ` · up to ${rupees(limit)}` : " · reads only"}`;
}

async function show() {
  if (!signIn.officer) return;
  const id = location.hash.startsWith("#case/") ? decodeURIComponent(location.hash.slice(6)) : null;
  if (id) queue.place = id;
  byId("queue-view").hidden = id !== null;
  byId("case-view").hidden = id === null;
  document.title = `${id ? "Case" : "Queue"} · Esoteric Finance · Credit desk`;
  if (id) await view.open(id);
  else view.close(), queue.focus();
  await refresh();
}

async function refresh() {
  if (document.body.dataset.signedIn !== "yes") return;
  const cases = await queue.refresh();
  if (!cases) return;
  view.compare(cases, queue.whole);
  byId("refreshed").textContent = `as of ${clock(Date.now())}`;
}

setInterval(() => {
  if (!document.hidden && Date.now() - touched < ATTENTION) refresh();
}, EVERY);
addEventListener("hashchange", show);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
addEventListener("beforeunload", (event) => view.hasWords() && event.preventDefault());
signIn.begin();
