// What a consent is given to, in full, beside the question: which data, what for, and how to take it back.

import { el, icon } from "./dom.js";

const HEADINGS = {
  en: { summary: "Read the full notice", data: "Your data", purpose: "What for" },
  hi: { summary: "पूरी सूचना पढ़ें", data: "आपकी जानकारी", purpose: "किस लिए" },
  hinglish: { summary: "Poori soochna padhiye", data: "Aapki jaankari", purpose: "Kis liye" },
};

export function noticeCard({ language, version, title, data, purpose, without_it: without, withdraw, complain }) {
  const words = HEADINGS[language] ?? HEADINGS.en;
  return el("article", { class: "card", lang: language === "hinglish" ? "hi-Latn" : language, data: { card: "notice" } },
    el("div", { class: "card-body" },
      el("h2", { class: "card-title", text: title }),
      el("details", { class: "fold" },
        el("summary", {}, words.summary, icon("chevron")),
        el("p", {}, el("b", { text: `${words.data}: ` }), `${data.join(", ")}.`),
        el("p", {}, el("b", { text: `${words.purpose}: ` }), purpose),
        ...[without, withdraw, complain].map((text) => el("p", { text })),
        el("p", { class: "note", text: version }),
      ),
    ),
  );
}
