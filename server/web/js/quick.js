// Quick replies to the questions that have plain answers. All answers look alike: none is pushed.

import { button, byId } from "./dom.js";

const REPLIES = {
  consent: [["Yes, I agree", "Yes, I agree"], ["No", "No"]],
  slip_confirmation: [["Yes, that is right", "Yes, that is right"], ["No, use another", "No"]],
  kyc_upgrade: [["Yes, start the video KYC", "Yes"], ["No", "No"]],
  kfs_acknowledgement: [["I acknowledge", "I acknowledge"], ["Not now", "No"]],
  offer_decision: [["Yes, I accept", "Yes, I accept"], ["No, thank you", "No"]],
};
const OPENERS = ["I need 3 lakh for a wedding", "What are your interest rates?", "Which documents do I need?"];
const DECLINE_ALL = [["None of these", "No"]];

export function mountQuickReplies(store, { say, showPhone }) {
  const bar = byId("quick");
  store.watch(({ settled, busy, outbox }, changed) => {
    if (!["settled", "busy", "outbox"].some((key) => changed.has(key))) return;
    const { application, awaiting } = settled;
    const asked = busy ? null : awaiting[0];
    const choosing = asked === "offer_decision" && application.alternatives.length > 0;
    const replies = choosing ? DECLINE_ALL : (REPLIES[asked] ?? []);
    const buttons = replies.map(([label, text]) => button(label, "small", () => say(text)));
    const nothingSaid = !busy && application && !application.application_id;
    if (nothingSaid) buttons.push(...OPENERS.map((text) => button(text, "small aside", () => say(text))));
    if (asked === "otp" && outbox?.length) {
      const look = button("Look at the simulated phone", "small aside", showPhone);
      look.dataset.goto = "phone";
      buttons.push(look);
    }
    bar.replaceChildren(...buttons);
  });
}
