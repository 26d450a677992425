// The hedge fund guy's page put together from the house's parts: one store, one conversation, and what watches them.

import { mountComposer } from "../composer.js";
import { mountDialog } from "../dialog.js";
import { button, byId } from "../dom.js";
import { Store } from "../store.js";
import { Thread } from "../thread.js";
import { Conversation } from "./conversation.js";
import { mountFile } from "./file.js";
import { mountSmallHours } from "./small_hours.js";
import { mountTape } from "./tape.js";
import { HINTS, LINK, OPENERS, SPEAKER } from "./words.js";

const store = new Store({
  sessionId: null,
  busy: false,
  link: "connecting",
  fresh: false, // he has greeted, and nobody has answered yet
  collected: { name: false, email: false, income: false },
  complete: false,
  data: null,
});
const thread = new Thread(SPEAKER);
const conversation = new Conversation(store, thread);
const composer = mountComposer(store, {
  send: (text) => conversation.send(text),
  asks: ({ complete }) => ({ hint: complete ? HINTS.complete : HINTS.open }),
});

mountFile(store);
mountTape(store);
mountSmallHours();
mountDialog("start-over", {
  onChoice: (choice) => {
    if (choice === "leave" || choice === "erase") conversation.startOver(choice === "erase");
  },
});

store.watch(({ link, fresh }, changed) => {
  if (changed.has("link")) {
    byId("link-state").dataset.state = link;
    byId("link-state").querySelector(".words").textContent = LINK[link];
  }
  if (changed.has("fresh")) {
    const click = (text) => (conversation.send(text), composer.focus());
    byId("quick").replaceChildren(...(fresh ? OPENERS : []).map((text) => button(text, "small aside", () => click(text))));
  }
});

conversation.begin();
