// The page put together: one store, one conversation, and the parts that watch them.

import { getConsents, getKeyFacts, giveThumb } from "./api.js";
import { mountApplication } from "./application.js";
import { mountComposer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { mountDeck } from "./deck.js";
import { mountDialog } from "./dialog.js";
import { byId } from "./dom.js";
import { mountKeyFacts } from "./keyfacts.js";
import { HINTS } from "./labels.js";
import { mountPhone, readOutbox } from "./phone.js";
import { mountQuickReplies } from "./quick.js";
import { mountStepper } from "./stepper.js";
import { Store } from "./store.js";
import { Thread } from "./thread.js";
import { thumbs } from "./thumbs.js";
import { mountUpload, objection } from "./upload.js";
import { mountViews } from "./views.js";

const LINK = { connecting: "Connecting", live: "Connected", fallback: "Connected", offline: "Offline" };
const AGREED = new Set(["offer_accepted", "sanctioned", "completed"]);

const store = new Store({
  sessionId: null,
  application: null,
  settled: { application: null, awaiting: [] },
  busy: false,
  working: null,
  link: "connecting",
  keyfacts: null,
  notice: null,
  outbox: [],
});
const thread = new Thread("Assistant", ({ message_id: messageId, thumb = null }) => {
  const { sessionId } = store.state;
  return thumbs(thumb, (given) => giveThumb(sessionId, messageId, given));
});
const conversation = new Conversation(store, thread);
const views = mountViews();

function say(text) {
  const sent = conversation.send(text);
  if (sent) views.show("chat");
  return sent;
}

function give(file) {
  const words = objection(file);
  if (words) thread.fail(words, null);
  else conversation.upload(file);
}

/** What the message box is for: the first thing that is awaited. */
function asks({ settled }) {
  const asked = settled.awaiting[0];
  const code = asked === "otp" ? { inputMode: "numeric", autocomplete: "one-time-code" } : {};
  return { hint: HINTS[asked], ...code };
}

const choose = mountUpload(give);
const composer = mountComposer(store, { send: say, cancel: () => conversation.cancel(), asks });
const click = (text) => (say(text), composer.focus());

mountStepper(store);
mountApplication(store);
mountKeyFacts(store);
mountDeck(store, {
  say: click,
  upload: choose,
  showKeyFacts: () => views.show("keyfacts"),
  onDrawn: () => thread.follow(),
});
mountQuickReplies(store, { say: click, showPhone: () => views.show("phone") });
mountPhone(store, (code) => (views.show("chat"), composer.fill(code)));

store.watch(({ link }, changed) => {
  if (!changed.has("link")) return;
  byId("link-state").dataset.state = link === "fallback" ? "live" : link;
  byId("link-state").querySelector(".words").textContent = LINK[link];
});

// What belongs to a settled turn and comes from elsewhere: key facts, the notice of the consent asked for, the outbox.
store.watch(async ({ sessionId, settled }, changed) => {
  if (!changed.has("settled") || !sessionId || !settled.application) return;
  const { application, awaiting } = settled;
  const agreed = AGREED.has(application.status);
  store.set({ notice: null }); // the last question's is not the next one's
  const [keyfacts, notice, outbox] = await Promise.all([
    agreed ? getKeyFacts(sessionId).catch(() => null) : null,
    awaiting[0] === "consent" ? noticeAsked(sessionId).catch(() => null) : null,
    store.state.outbox && readOutbox(sessionId),
  ]);
  if (store.state.settled !== settled) return;
  const arrived = outbox && outbox.length > (store.state.outbox?.length ?? 0);
  store.set(outbox === undefined ? { keyfacts, notice } : { keyfacts, notice, outbox });
  if (awaiting[0] === "kfs_acknowledgement") views.suggest("keyfacts", { open: true });
  if (arrived) views.suggest("phone", { open: awaiting[0] === "otp" });
});

/** The notice of the consent that is asked for: the first that a loan needs and that is not given. */
async function noticeAsked(sessionId) {
  const consents = await getConsents(sessionId);
  return consents.find(({ needed, given }) => needed && !given)?.notice ?? null;
}

mountDialog("start-over", {
  onOpen: () => (byId("erase").checked = false),
  onChoice: (choice) => {
    if (choice !== "begin") return;
    views.show("application");
    views.show("chat");
    conversation.startOver(byId("erase").checked);
  },
});

conversation.begin();
