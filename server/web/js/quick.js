// Quick replies to the questions that have plain answers. All answers look alike: none is pushed.

import { button, byId } from "./dom.js";

const REPLIES = {
  en: {
    consent: [["Yes, I agree", "Yes, I agree"], ["No", "No"]],
    slip_confirmation: [["Yes, that is right", "Yes, that is right"], ["No, use another", "No"]],
    kyc_upgrade: [["Yes, start the video KYC", "Yes"], ["No", "No"]],
    kfs_acknowledgement: [
      ["I acknowledge", "I acknowledge"],
      ["Not now", "No"],
      ["हिंदी में", "Please show it in Hindi"],
    ],
    offer_decision: [["Yes, I accept", "Yes, I accept"], ["No, thank you", "No"]],
    none: [["None of these", "No"]],
  },
  hi: {
    consent: [["हाँ, सहमत हूँ", "हाँ"], ["नहीं", "नहीं"]],
    slip_confirmation: [["हाँ, सही है", "हाँ"], ["नहीं, दूसरी पर्ची", "नहीं"]],
    kyc_upgrade: [["हाँ, वीडियो KYC शुरू करें", "हाँ"], ["नहीं", "नहीं"]],
    kfs_acknowledgement: [
      ["हाँ, मैंने पढ़ और समझ लिया", "हाँ"],
      ["अभी नहीं", "नहीं"],
      ["In English", "अंग्रेज़ी में दिखाइए"],
    ],
    offer_decision: [["हाँ, स्वीकार है", "हाँ"], ["नहीं, धन्यवाद", "नहीं"]],
    none: [["इनमें से कोई नहीं", "नहीं"]],
  },
};
const OPENERS = ["I need 3 lakh for a wedding", "What are your interest rates?", "Which documents do I need?"];

export function mountQuickReplies(store, { say, showPhone }) {
  const bar = byId("quick");
  const answers = (pairs) => pairs.map(([label, text]) => button(label, "small", () => say(text)));
  store.watch(({ settled, busy, outbox }, changed) => {
    if (!["settled", "busy", "outbox"].some((key) => changed.has(key))) return;
    const { application, awaiting } = settled;
    bar.replaceChildren();
    if (busy || !application) return;
    const known = REPLIES[application.language] ?? REPLIES.en;
    const [asked] = awaiting;
    bar.lang = application.language === "hi" ? "hi" : "en";
    if (asked === "offer_decision" && application.alternatives.length) bar.append(...answers(known.none));
    else if (known[asked]) bar.append(...answers(known[asked]));
    if (!application.application_id) bar.append(...OPENERS.map((text) => button(text, "small aside", () => say(text))));
    if (asked === "otp" && outbox?.length) {
      const look = button("Look at the simulated phone", "small aside", showPhone);
      look.dataset.goto = "phone";
      bar.append(look);
    }
  });
}
