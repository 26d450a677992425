// The conversation with the service: turns out, frames in, over WebSocket or, where that is blocked, over SSE.
//
// A message keeps its id for as long as its fate is unknown, so sending it again is harmless: the service runs it once.
// Events have ids that grow, so a connection that broke goes on behind the newest that was shown.

import { createSession, eraseSession, getMessages, getSession, STREAM, uploadSlip } from "./api.js";
import { announce } from "./dom.js";
import { isGone, wordsOf } from "./http.js";
import { AGENT_NAMES, agentOf, WORK } from "./labels.js";
import { newId, TabMemory } from "./memory.js";
import { SessionSocket } from "./socket.js";
import { tellTurn } from "./stream.js";

const SILENCE = 25000;
const FAILURES_BEFORE_FALLBACK = 2;
const MEMORY = "esoteric.session";
const GONE = "The earlier conversation is no longer available, so a new one has begun.";
const GONE_CODES = new Set(["unknown_session", "unauthorised"]);
const STOPPED = "Stopped. This message was not counted.";

export class Conversation {
  constructor(store, thread) {
    this.store = store;
    this.thread = thread;
    this.memory = new TabMemory(MEMORY);
    this.turn = null;
    this.answering = null; // the session that has answered us
    this.answered = new Set();
    this.told = 0; // the id of the newest event that was shown
  }

  /** Go on with this tab's session, or open one. */
  async begin() {
    const id = this.memory.get();
    try {
      if (!id || !(await this.resume(id))) await this.open(id ? GONE : null);
    } catch (error) {
      this.store.set({ link: "offline" });
      this.thread.fail(wordsOf(error), () => this.begin());
    }
  }

  async open(notice = null) {
    const session = await createSession();
    this.enter(session.session_id);
    if (notice) this.thread.notice(notice);
    this.thread.add({ role: "assistant", content: session.greeting_message, message_id: "greeting" });
    await this.refresh();
  }

  async resume(id) {
    try {
      await getSession(id);
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
    this.enter(id);
    await this.refresh();
    return true;
  }

  enter(id) {
    this.socket?.close();
    this.turn = null;
    this.answered = new Set();
    this.told = 0;
    this.thread.clear();
    this.memory.set(id);
    const outbox = this.store.state.outbox && []; // a service without an outbox stays without
    this.store.set({ sessionId: id, busy: false, working: null, keyfacts: null, outbox, link: "connecting" });
    this.socket = new SessionSocket(id, {
      onFrame: (frame) => this.turn?.streaming || this.handle(frame),
      onOpen: () => this.connected(),
      onDown: (failures) => this.disconnected(failures),
    });
  }

  async startOver(erase) {
    const { sessionId } = this.store.state;
    try {
      if (erase && sessionId) await eraseSession(sessionId);
      await this.open();
    } catch (error) {
      this.thread.fail(wordsOf(error), null);
    }
  }

  send(text, messageId = newId()) {
    if (this.turn || !this.store.state.sessionId) return false;
    const otp = this.store.state.settled.awaiting[0] === "otp";
    const bubble = this.thread.showUser(otp ? text.replace(/\d/g, "•") : text);
    this.startTurn({ id: messageId, text, bubble });
    this.dispatch();
    return true;
  }

  async upload(file) {
    if (this.turn || !this.store.state.sessionId) return false;
    const turn = this.startTurn({ id: null, upload: true, bubble: this.thread.showUser("", file) });
    turn.reply.working("Reading your document");
    try {
      const { message, ...answer } = await uploadSlip(this.store.state.sessionId, file);
      await this.finish({ content: message, ...answer });
    } catch (error) {
      if (this.turn === turn) this.fail(wordsOf(error), error.status === 0 ? () => this.upload(file) : null);
    }
    return true;
  }

  /** Stop the answer under way. Only a WebSocket can say so. */
  cancel() {
    return this.socket.send({ type: "cancel" });
  }

  // ---- turns

  startTurn(turn) {
    this.turn = { agents: [], reply: this.thread.beginReply(), streaming: false, ...turn };
    this.turn.reply.working(WORK.understand);
    this.store.set({ busy: true });
    this.expectFrame();
    return this.turn;
  }

  dispatch() {
    const { id, text } = this.turn;
    if (this.socket.send({ message: text, message_id: id })) return;
    if (this.store.state.link === "fallback") this.stream();
    // otherwise the message leaves as soon as the socket opens, or the fallback takes it
  }

  async stream() {
    const turn = this.turn;
    const { sessionId } = this.store.state;
    const isOver = () => this.turn !== turn;
    turn.streaming = true;
    try {
      await tellTurn({
        address: STREAM,
        body: { session_id: sessionId, message: turn.text, message_id: turn.id },
        onAttempt: () => (turn.reply.reset(), (this.told = 0)), // the turn is told from its first event on
        onFrame: (frame) => isOver() || this.handle(frame),
        isOver,
      });
    } catch (error) {
      if (this.mayOpenAnother(error)) return this.openAnother();
      return this.fail(wordsOf(error), () => this.send(turn.text, turn.id));
    }
  }

  handle(frame) {
    this.expectFrame();
    if (frame.type !== "error" && frame.event_id <= this.told) return; // told again
    this.told = Math.max(this.told, frame.event_id);
    switch (frame.type) {
      case "node":
        return this.showNode(frame);
      case "message":
        return (this.turn ?? this.startTurn({ id: null })).reply.chunk(frame.content);
      case "reset":
        return this.turn?.reply.reset();
      case "end":
        return this.finish(frame);
      case "error":
        if (GONE_CODES.has(frame.code)) return this.openAnother();
        if (frame.code === "server_draining") return; // the connection ends next, and then goes on
        if (frame.code === "events_gone") return (this.told = 0), this.catchUp();
        return this.turn && this.fail(frame.content, this.retryOf(this.turn));
    }
  }

  showNode({ content: node, status, output }) {
    const turn = this.turn ?? this.startTurn({ id: null });
    const agent = agentOf(node);
    if (status === "started") {
      if (WORK[node]) turn.reply.working(WORK[node]);
      if (agent && turn.agents.at(-1) !== agent) turn.agents.push(agent);
      this.store.set({ working: node });
    } else if (output) {
      this.store.set({ application: { ...this.store.state.application, ...output } });
    }
  }

  async finish(frame) {
    const { message_id: id } = frame;
    const turn = this.turn;
    const ours = Boolean(turn?.bubble);
    if (this.answered.has(id)) return ours || this.forget(turn); // told on another road already
    this.answered.add(id);
    if (turn?.id && turn.id !== id) return turn.reply.reset(); // said in another tab; ours still runs
    this.turn = null;
    clearTimeout(this.silence);
    const { loan_application: application, awaiting } = frame;
    if (!ours) {
      this.forget(turn);
      await this.refresh(); // said in another tab, before a reload, or by the lender: the transcript has all of it
      announce(frame.content);
    } else if (frame.cancelled) this.takeBack(turn);
    else {
      announce(frame.content);
      await turn.reply.finish(frame.content, turn.agents.map((agent) => AGENT_NAMES[agent]));
      this.thread.settle(id, turn.reply);
    }
    if (!this.turn) this.store.set({ busy: false, working: null });
    this.store.set({ application, settled: { application, awaiting } });
  }

  /** Take a turn off the page that is not, or no longer, this tab's to show. */
  forget(turn) {
    turn?.reply.remove();
    turn?.bubble?.remove();
    if (this.turn && this.turn !== turn) return;
    this.turn = null;
    clearTimeout(this.silence);
    this.store.set({ busy: false, working: null });
  }

  takeBack(turn) {
    turn.reply.remove();
    announce("Stopped.");
    if (turn.text) this.thread.markUnsent(turn.bubble, STOPPED, () => this.send(turn.text));
    else turn.bubble.remove();
  }

  fail(words, onRetry) {
    const turn = this.turn;
    this.turn = null;
    clearTimeout(this.silence);
    turn.reply.remove();
    this.store.set({ busy: false, working: null, application: this.store.state.settled.application });
    this.thread.fail(words, onRetry && (() => (turn.bubble?.remove(), onRetry())), () => !this.turn);
  }

  retryOf(turn) {
    return turn.text ? () => this.send(turn.text, turn.id) : null;
  }

  // ---- the connection

  connected() {
    this.store.set({ link: "live" });
    if (this.told) this.socket.send({ type: "resume", last_event_id: this.told });
    this.catchUp();
  }

  async disconnected(failures) {
    const fallback = failures >= FAILURES_BEFORE_FALLBACK;
    this.store.set({ link: fallback ? "fallback" : "connecting" });
    if (!fallback || this.turn?.streaming) return;
    if (this.turn?.text) this.stream();
    else await this.refresh().catch((error) => this.missing(error));
  }

  /** After a connection: fetch what was missed, and send again what was not answered. */
  async catchUp() {
    const turn = this.turn;
    if (turn?.streaming || turn?.upload) return;
    try {
      await this.refresh();
      if (!turn?.text || this.turn !== turn) return;
      if (!this.told) turn.reply.reset(); // else the service goes on with it
      this.dispatch();
    } catch (error) {
      this.missing(error);
    }
  }

  /** The session could not be read: it has ended, or the service cannot be reached. */
  missing(error) {
    if (this.mayOpenAnother(error)) this.openAnother();
    else this.store.set({ link: "offline" });
  }

  /** Not after a session that never answered: where the browser keeps no cookie, none would. */
  mayOpenAnother(error) {
    return isGone(error) && this.answering === this.store.state.sessionId;
  }

  openAnother() {
    this.answering = null;
    return this.open(GONE).catch(() => this.store.set({ link: "offline" }));
  }

  /** The session as the service has it: fields, and the whole transcript, which may hold the answer waited for. */
  async refresh() {
    const { sessionId } = this.store.state;
    const [session, messages] = await Promise.all([getSession(sessionId), getMessages(sessionId)]);
    if (sessionId !== this.store.state.sessionId) return messages;
    this.answering = sessionId;
    const waitedFor = this.turn?.id;
    const told = messages.some((message) => message.message_id === waitedFor);
    if (told) {
      this.answered.add(waitedFor);
      this.forget(this.turn);
    }
    if (told || !waitedFor) this.thread.sync(messages);
    const { loan_application: application, awaiting } = session;
    this.store.set({ application, settled: { application, awaiting } });
    return messages;
  }

  /** A connection that has gone silent in the middle of a turn is opened again. */
  expectFrame() {
    clearTimeout(this.silence);
    if (this.turn && !this.turn.upload) this.silence = setTimeout(() => this.socket.reopenNow(), SILENCE);
  }
}
