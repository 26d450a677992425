// The talk with him: messages out, a stream of frames in, and what this tab remembers of both.
//
// A message keeps its id until its answer is here, also across a reload, so asking again is harmless: the service runs
// it once and tells it from its beginning.

import { announce } from "../dom.js";
import { isGone, wordsOf } from "../http.js";
import { newId, TabMemory } from "../memory.js";
import { tellTurn } from "../stream.js";
import { createSession, eraseSession, getSession, STREAM } from "./api.js";
import { ERASED, FACTS, GONE, NOTED, THINKING } from "./words.js";

const SESSION = "esoteric.hedge-fund-guy.session";
const PENDING = "esoteric.hedge-fund-guy.pending";
const GONE_CODES = new Set(["unknown_session", "unauthorised"]);
const WILL_END = new Set(["server_draining"]); // the stream ends next, and is asked again

export class Conversation {
  constructor(store, thread) {
    this.store = store;
    this.thread = thread;
    this.session = new TabMemory(SESSION);
    this.pending = new TabMemory(PENDING);
    this.turn = null;
    this.thoughts = 0;
  }

  /** Go on with this tab's session, or open one. */
  async begin() {
    const id = this.session.get();
    try {
      if (!id || !(await this.resume(id))) await this.open(id ? GONE : null);
    } catch (error) {
      this.store.set({ link: "offline" });
      this.thread.fail(wordsOf(error), () => this.begin());
    }
  }

  async open(notice = null) {
    const { session_id: id } = await createSession();
    const session = await getSession(id);
    this.pending.forget();
    this.enter(session);
    if (notice) this.thread.notice(notice);
    this.show(session);
  }

  async resume(id) {
    try {
      const session = await getSession(id);
      this.enter(session);
      this.show(session);
      this.goOn(session);
      return true;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }

  /** Ask again for the answer that was waited for when the page was left. */
  goOn({ session_id: id, conversation_history: history }) {
    const { sessionId, messageId, text } = JSON.parse(this.pending.get() ?? "{}");
    if (sessionId !== id) return;
    if (history.some((message) => message.message_id === messageId)) this.pending.forget();
    else this.send(text, messageId, { again: true });
  }

  /** Leave this conversation for a new one. */
  async startOver(erase) {
    const { sessionId } = this.store.state;
    this.leaveTurn(); // what becomes of it is of no interest here
    try {
      if (erase && sessionId) await eraseSession(sessionId);
      await this.open(erase ? ERASED : null);
    } catch (error) {
      this.thread.fail(wordsOf(error), null);
    }
  }

  enter({ session_id: id }) {
    this.leaveTurn();
    this.thread.clear();
    this.session.set(id);
    this.store.set({ sessionId: id, busy: false, link: "live" });
  }

  /** What the service has: the whole transcript, and what is on file. */
  show({ conversation_history: history, data, status }) {
    this.thread.sync(history.map((message, place) => ({ message_id: place, ...message })));
    const collected = Object.fromEntries(Object.keys(FACTS).map((fact) => [fact, data[fact] !== null]));
    this.store.set({ data, collected, complete: status === "complete", fresh: history.length < 2 });
  }

  /** `again`: it was sent before this page was loaded, and may be answered by now. */
  send(text, messageId = newId(), { again = false } = {}) {
    const { sessionId } = this.store.state;
    if (this.turn || !sessionId) return false;
    const turn = { id: messageId, text, again, bubble: this.thread.showUser(text), reply: this.thread.beginReply(), said: "" };
    this.turn = turn;
    turn.reply.working(THINKING[this.thoughts++ % THINKING.length]);
    this.pending.set(JSON.stringify({ sessionId, messageId, text }));
    this.store.set({ busy: true, fresh: false });
    this.stream(turn, sessionId);
    return true;
  }

  async stream(turn, sessionId) {
    const isOver = () => this.turn !== turn;
    const begin = () => {
      turn.said = "";
      turn.reply.reset();
    };
    try {
      await tellTurn({
        address: STREAM,
        body: { session_id: sessionId, message: turn.text, message_id: turn.id },
        onAttempt: begin,
        onFrame: (frame) => isOver() || this.handle(turn, frame, begin),
        isOver,
      });
    } catch (error) {
      if (isOver()) return;
      if (isGone(error)) return this.openAnother();
      if (error.status === 0) this.store.set({ link: "offline" });
      this.fail(turn, wordsOf(error));
    }
  }

  handle(turn, frame, begin) {
    this.store.set({ link: "live" });
    switch (frame.type) {
      case "chunk":
        turn.said += frame.content;
        return turn.reply.chunk(frame.content);
      case "reset":
        return begin();
      case "done":
        return this.finish(turn, frame);
      case "error":
        if (GONE_CODES.has(frame.code)) return this.openAnother();
        if (!WILL_END.has(frame.code)) this.fail(turn, frame.content);
    }
  }

  async finish(turn, { data_collected: collected, is_complete: complete }) {
    this.turn = null;
    this.pending.forget();
    const news = Object.keys(FACTS).filter((fact) => collected[fact] && !this.store.state.collected[fact]);
    announce(news.length ? `${turn.said} (On file now: ${news.map((fact) => NOTED[fact]).join(", ")}.)` : turn.said);
    this.store.set({ collected, complete });
    await turn.reply.finish(turn.said);
    this.thread.settle(turn.id, turn.reply);
    if (!this.turn) this.store.set({ busy: false });
    if (turn.again || Object.values(collected).some(Boolean)) this.refresh(turn.again);
  }

  /** What he noted, in his words; with `all`, the transcript too. Only a comfort, so a failure is let go. */
  async refresh(all) {
    const { sessionId } = this.store.state;
    const session = await getSession(sessionId).catch(() => null);
    if (!session || sessionId !== this.store.state.sessionId) return;
    if (all && !this.turn) this.show(session);
    else this.store.set({ data: session.data });
  }

  fail(turn, words) {
    this.turn = null;
    turn.reply.remove();
    this.store.set({ busy: false });
    this.thread.fail(words, () => (turn.bubble.remove(), this.send(turn.text, turn.id, turn)), () => !this.turn);
  }

  async openAnother() {
    this.leaveTurn();
    try {
      await this.open(GONE);
    } catch (error) {
      this.store.set({ busy: false, link: "offline" });
      this.thread.fail(wordsOf(error), () => this.openAnother());
    }
  }

  leaveTurn() {
    this.turn?.reply.remove();
    this.turn = null;
  }
}
