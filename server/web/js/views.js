// Which part of the page is in front: one of four on a narrow screen, one of the panels beside the chat otherwise.

import { byId, el } from "./dom.js";

const BESIDE = matchMedia("(min-width: 800px)");
const ALL = matchMedia("(min-width: 1180px)"); // the phone has a place of its own

export function mountViews() {
  const { body } = document;
  const tabs = new Map([...byId("views").children].map((tab) => [tab.dataset.view, tab]));

  const mark = () => {
    if (ALL.matches && body.dataset.panel === "phone") body.dataset.panel = "application";
    const front = BESIDE.matches ? body.dataset.panel : body.dataset.view;
    for (const [view, tab] of tabs) tab.setAttribute("aria-current", String(view === front));
    tabs.get(front)?.querySelector(".badge")?.remove();
  };
  /** Bring a part to the front. */
  const show = (view) => {
    body.dataset.view = view;
    if (view !== "chat") body.dataset.panel = view;
    mark();
  };
  /** Say that something new is there: on its tab, and with `open` by bringing it to the front beside the chat. */
  const suggest = (view, { open }) => {
    if (view === "phone" && ALL.matches) return;
    if (open) body.dataset.panel = view;
    mark();
    const tab = tabs.get(view);
    const seen = tab.getAttribute("aria-current") === "true" || tab.querySelector(".badge");
    if (!seen) tab.append(el("span", { class: "badge" }, el("span", { class: "visually-hidden", text: "something new" })));
  };

  for (const [view, tab] of tabs) tab.addEventListener("click", () => show(view));
  for (const width of [BESIDE, ALL]) width.addEventListener("change", mark);
  mark();
  return { show, suggest };
}
