// The cards under the last message: whatever the state of the application calls for, and nothing that is over.

import { button, byId, el, icon } from "./dom.js";
import { day, rupees } from "./format.js";
import { OUTCOMES } from "./labels.js";
import { noticeCard } from "./notice.js";
import { offerCard, optionCards } from "./offer.js";
import { uploadCard } from "./upload.js";

const READ_FIRST =
  "The Key Facts Statement holds every charge and the full schedule. Nothing is signed before you acknowledge it.";
const AGREED = new Set(["offer_accepted", "sanctioned", "completed"]);

export function mountDeck(store, { say, upload, showKeyFacts, onDrawn }) {
  const deck = byId("deck");
  let drawn = null;
  store.watch(({ settled, keyfacts, notice, busy }, changed) => {
    if (changed.has("busy")) deck.inert = busy; // what is being answered cannot be clicked again
    if (!["settled", "keyfacts", "notice"].some((key) => changed.has(key))) return;
    const { application, awaiting } = settled;
    const wanted = JSON.stringify([application, awaiting, Boolean(keyfacts), notice]);
    if (wanted === drawn || !application) return;
    drawn = wanted;
    deck.replaceChildren(...cards(application, awaiting, keyfacts, notice, { say, upload, showKeyFacts }));
    onDrawn();
  });
}

function cards(application, awaiting, keyfacts, notice, { say, upload, showKeyFacts }) {
  const { status, offer, alternatives, sanction_letter_url: letter, refusal_letter_url: refusal } = application;
  const shown = [];
  if (letter) shown.push(letterCard(application));
  if (awaiting[0] === "consent" && notice) shown.push(noticeCard(notice));
  if (awaiting.includes("kfs_acknowledgement")) shown.push(keyFactsCard(showKeyFacts));
  if (AGREED.has(status) && offer) shown.push(offerCard(offer, keyfacts, letter ? "Your loan" : "The offer you accepted"));
  if (status === "offer_made" && offer) shown.push(offerCard(offer, null, "Your offer"));
  if (status === "offer_made" && alternatives.length) {
    shown.push(optionCards(alternatives, (number) => say(`I choose option ${number}`)));
  }
  if (awaiting.includes("salary_slip")) shown.push(uploadCard(upload));
  if (status === "under_review" && application.review) shown.push(reviewCard(application.review));
  else if (OUTCOMES[status]) shown.push(outcomeCard(...OUTCOMES[status], status === "rejected" ? refusal : null));
  return shown;
}

function letterCard({ applicant_name: name, offered_amount: amount, sanction_letter_url: url }) {
  const contents = `${rupees(amount)} for ${name}, with the Key Facts Statement and the repayment schedule.`;
  return el("article", { class: "card engraved letter", data: { card: "letter" } },
    el("div", { class: "card-body" },
      el("div", { class: "sheet" }, icon("paper")),
      el("div", { class: "what" },
        el("h2", { class: "card-title", text: "Sanction letter" }),
        el("p", { class: "card-lead", dir: "auto", text: contents }),
        el("div", { class: "card-end" },
          el("a", { class: "button strong", href: url, download: "sanction-letter.pdf" }, icon("download"), "Download PDF"),
          el("a", { class: "button", href: url, target: "_blank", rel: "noopener", text: "Open" }),
        ),
      ),
    ),
  );
}

function keyFactsCard(showKeyFacts) {
  return el("article", { class: "card", data: { card: "keyfacts" } },
    el("div", { class: "card-body" },
      el("h2", { class: "card-title", text: "Read the key facts first" }),
      el("p", { class: "card-lead", text: READ_FIRST }),
      el("div", { class: "card-end" }, button("Open the Key Facts Statement", "", showKeyFacts, icon("paper"))),
    ),
  );
}

function reviewCard({ due_on: due, question }) {
  const words = question
    ? `They ask you: “${question}” Your next message goes to them as the answer.`
    : "A person is looking at this application. The outcome comes here and by mail; you can go on chatting meanwhile.";
  return outcomeCard(`With our credit team, by ${day(due)}`, words, null);
}

function outcomeCard(title, words, inWriting) {
  return el("article", { class: "card outcome", data: { card: "outcome" } },
    el("div", { class: "card-body" },
      icon("clock"),
      el("div", {},
        el("h2", { class: "card-title", text: title }),
        el("p", { class: "card-lead", text: words }),
        inWriting ? el("a", { class: "button", href: inWriting, target: "_blank", rel: "noopener", text: "Decision letter" }) : null,
      ),
    ),
  );
}
