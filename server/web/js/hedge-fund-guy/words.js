// The page's own words around the talk.

export const SPEAKER = "The Hedge Fund Guy";
export const FACTS = { name: "Name", email: "E-mail", income: "Income" };
export const NOTED = { name: "name", email: "e-mail address", income: "income" };

export const LINK = { connecting: "Connecting", live: "Awake", offline: "Offline" };

export const HINTS = { open: "Ask about markets", complete: "He is still up. Ask on" };

export const OPENERS = [
  "What do you think about momentum trading?",
  "Is cash a position?",
  "How do you size a bet?",
  "Who are you, anyway?",
];

// Said while he thinks, one after the other.
export const THINKING = ["Staring at the screens", "Reheating the coffee", "Pacing the corridor", "Turning the chart upside down"];

export const FILE = {
  open: "He may ask for three things, one at a time. You may say no to any of them, and correct them by saying so.",
  complete:
    "Complete. Your name, e-mail address, income and a summary of this talk go to the fund’s desk by mail, once. Corrections stay here.",
};

export const GONE = "The earlier conversation is no longer available, so a new one has begun.";
export const ERASED = "Erased. A new conversation has begun.";
