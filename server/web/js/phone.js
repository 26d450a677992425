// The simulated phone: the codes and mails of the development outbox. Where there is no outbox, there is no phone.

import { getOutbox } from "./api.js";
import { button, byId, el, icon } from "./dom.js";
import { clock } from "./format.js";

const NOTHING_YET = "Nothing yet. The code for your mobile number and the mail with your letter will arrive here.";
const CODE = /\b\d{6}\b/;

/** `onCode(code)` when the customer takes over a code. */
export function mountPhone(store, onCode) {
  const list = el("ol", { class: "notifications", "aria-label": "Messages, newest first" });
  const quiet = el("p", { class: "quiet-phone", text: NOTHING_YET });
  const time = el("span");
  byId("phone").append(
    el("div", { class: "handset" },
      el("div", { class: "screen" },
        el("div", { class: "phone-bar", "aria-hidden": "true" }, time, icon("battery")),
        el("div", { class: "phone-title" },
          el("h2", { text: "Simulated phone" }),
          el("p", { text: "In this demonstration, texts and mails to you arrive here." }),
        ),
        quiet,
        list,
      ),
    ),
  );
  const tick = () => (time.textContent = clock(Date.now()));
  tick();
  setInterval(tick, 20000);

  const known = new Set();
  store.watch(({ outbox, settled }, changed) => {
    document.body.dataset.phone = outbox === null ? "off" : "on";
    if (!changed.has("outbox") && !changed.has("settled")) return;
    const messages = outbox ?? [];
    const wantsCode = settled.awaiting[0] === "otp";
    const newest = messages.findLast((message) => message.channel === "sms")?.id;
    const shown = messages.map((message) => {
      const usable = wantsCode && message.id === newest;
      return notification(message, !known.has(message.id), usable && onCode);
    });
    list.replaceChildren(...shown.reverse());
    quiet.hidden = messages.length > 0;
    list.hidden = messages.length === 0;
    for (const message of messages) known.add(message.id);
  });
}

/** The session's messages, or null where the service has no outbox. */
export async function readOutbox(sessionId) {
  try {
    return await getOutbox(sessionId);
  } catch (error) {
    return error.status === 404 && error.code !== "unknown_session" ? null : undefined;
  }
}

function notification(message, fresh, onCode) {
  const sms = message.channel === "sms";
  const time = el("time", { datetime: message.created_at, text: clock(message.created_at) });
  const head = el("header", {}, icon(sms ? "message" : "mail"), sms ? "Text message" : "Mail", time);
  const classes = fresh ? "notification fresh" : "notification";
  if (!sms) {
    return el("li", { class: classes, data: { channel: "email" } }, head,
      el("p", { class: "subject", dir: "auto", text: message.subject }),
      el("details", {}, el("summary", { text: "Read" }), el("p", { class: "mail", dir: "auto", text: message.body })),
    );
  }
  const code = CODE.exec(message.body)?.[0];
  const item = el("li", { class: classes, data: { channel: "sms" } }, head, el("p", { dir: "auto", text: message.body }));
  if (code && onCode) {
    const use = button("Use this code", "small", () => onCode(code));
    item.append(el("div", { class: "code" }, el("b", { text: code }), use));
  }
  return item;
}
