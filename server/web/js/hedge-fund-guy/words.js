// The page's own words around the talk.

export const SPEAKER = "The Hedge Fund Guy";
export const FACTS = { name: "Name", email: "E-mail", income: "Income" };
export const NOTED = { name: "name", email: "e-mail address", income: "income" };

export const LINK = { connecting: "Connecting", live: "Awake", offline: "Offline" };

export const HINTS = { open: "Ask about markets", complete: "He is still up. Ask on" };

export const OPENERS = [
  "Is cash a position?",
  "What do you think about momentum trading?",
  "How do you size a bet?",
  "Who are you, anyway?",
];

// Said while he thinks, one after the other.
export const THINKING = ["Staring at the screens", "Reheating the coffee", "Pacing the corridor", "Turning the chart upside down"];

export const FILE = {
  open:
    "He may ask for three things, one at a time. You may say no to any of them, or correct them by saying so. Once all three are here, they go to the fund’s desk by mail, with a summary of this talk.",
  complete: "All three are here and go to the fund’s desk by mail, once, with a summary of this talk.",
};

export const GONE = "The earlier conversation is no longer available, so a new one has begun.";
export const ERASED = "Erased. A new conversation has begun.";
