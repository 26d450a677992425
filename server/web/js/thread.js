// The conversation as it is read: bubbles, notices, and the scroll position.

import { button, byId, el, icon } from "./dom.js";
import { fileSize } from "./format.js";
import { SLIP_UPLOADED } from "./labels.js";
import { languageOf, paragraphs } from "./prose.js";
import { Reply } from "./reply.js";

const NEAR = 90;
const AIR = 14;
const GREETING = "greeting"; // the message id that the service gives it
const LITTLE = 0.22; // of the height: so much of a beginning may go where the rest then fits

export class Thread {
  /** `speaker`: how screen readers name the assistant. `under(message)`: what stands under an answer of its, if any. */
  constructor(speaker = "Assistant", under = () => null) {
    this.speaker = speaker;
    this.under = under;
    this.log = byId("log");
    this.frame = byId("thread");
    this.jump = byId("jump");
    this.keys = [];
    this.followed = true;
    this.placed = 0; // where following put the scroll bar last; elsewhere is the reader's doing
    this.frame.addEventListener("scroll", () => this.noticeScroll(), { passive: true });
    this.jump.addEventListener("click", () => this.toEnd());
    new ResizeObserver(() => this.follow()).observe(this.frame);
  }

  clear() {
    this.log.replaceChildren();
    this.keys = [];
    this.followed = true;
  }

  /** Show the transcript: what is missing is added; a transcript that tells another story is shown afresh. */
  sync(messages) {
    const keys = messages.map(keyOf);
    const goesOn = this.keys.every((key, place) => key === keys[place]);
    if (!goesOn || this.keys.length > keys.length) this.clear();
    for (const message of messages.slice(this.keys.length)) this.add(message);
  }

  add(message) {
    this.keys.push(keyOf(message));
    return message.role === "user" ? this.showUser(message.content) : this.showAssistant(message);
  }

  /** Note that the transcript now holds this exchange, which is on the page already. */
  settle(messageId, reply) {
    const answer = { role: "assistant", message_id: messageId };
    this.keys.push(keyOf({ role: "user", message_id: messageId }), keyOf(answer));
    this.standUnder(reply.message, answer);
    this.follow();
  }

  showUser(text, file = null) {
    const paper = file || text === SLIP_UPLOADED;
    const bubble = paper
      ? el("div", { class: "bubble paper" }, icon("paper"), fileWords(file))
      : el("div", { class: "bubble", dir: "auto", text });
    const message = el("div", { class: "message user" }, el("span", { class: "visually-hidden", text: "You said: " }), bubble);
    this.log.append(message);
    this.toNewest();
    return message;
  }

  showAssistant(answer) {
    const { content: text } = answer;
    const bubble = el("div", { class: "bubble", dir: "auto", lang: languageOf(text) }, ...paragraphs(text));
    const message = el("div", { class: "message assistant" }, el("span", { class: "visually-hidden", text: `${this.speaker}: ` }), bubble);
    this.standUnder(message, answer);
    this.log.append(message);
    this.follow();
  }

  /** The greeting answers nobody. */
  standUnder(message, answer) {
    const part = answer.message_id === GREETING ? null : this.under(answer);
    if (part) message.append(part);
  }

  beginReply() {
    return new Reply(this.log, this.speaker, () => this.follow());
  }

  /** Mark a message of the customer's as not counted, with a way to send it again. */
  markUnsent(message, words, onAgain) {
    message.classList.add("unsent");
    const again = button("Send again", "small quiet", () => {
      message.remove();
      onAgain();
    });
    message.append(el("p", { class: "note" }, `${words} `, again));
    this.follow();
  }

  notice(text) {
    this.log.append(el("p", { class: "notice", text }));
    this.follow();
  }

  /** Say that something went wrong; with `onRetry`, offer to try again, while `mayRetry()`. */
  fail(text, onRetry, mayRetry = () => true) {
    const failure = el("div", { class: "failure", role: "alert" }, el("p", { text }));
    if (onRetry) failure.append(button("Try again", "small", () => mayRetry() && (failure.remove(), onRetry())));
    this.log.append(failure);
    this.toNewest();
  }

  /** Keep the newest in view, but never scroll its beginning away: it is read from the top. */
  follow() {
    if (this.followed) {
      this.frame.scrollTop = this.target();
      this.placed = this.frame.scrollTop;
    }
    this.jump.hidden = this.below() < NEAR;
  }

  /** After something of the customer's own. */
  toNewest() {
    this.followed = true;
    this.follow();
  }

  toEnd() {
    this.frame.scrollTop = this.frame.scrollHeight;
  }

  target() {
    const newest = this.log.lastElementChild ?? this.log;
    const start = newest.getBoundingClientRect().top - this.frame.getBoundingClientRect().top + this.frame.scrollTop;
    const end = this.frame.scrollHeight - this.frame.clientHeight;
    return end - start < this.frame.clientHeight * LITTLE ? end : start - AIR;
  }

  below() {
    return this.frame.scrollHeight - this.frame.scrollTop - this.frame.clientHeight;
  }

  noticeScroll() {
    const byReader = Math.abs(this.frame.scrollTop - this.placed) > 1;
    if (byReader) this.followed = Math.abs(this.frame.scrollTop - this.target()) < NEAR || this.below() < NEAR;
    this.jump.hidden = this.below() < NEAR;
  }
}

function keyOf({ role, message_id: id }) {
  return `${role} ${id}`;
}

function fileWords(file) {
  return el("span", { dir: "auto", text: file ? `${file.name} · ${fileSize(file.size)}` : "Salary slip uploaded" });
}
