// The message box: Enter sends, Shift+Enter breaks the line, and what is written survives a busy assistant.

import { byId, icon } from "./dom.js";
import { HINTS } from "./labels.js";

const TALLEST = 160;

export function mountComposer(store, { send, cancel }) {
  const [form, box, sendButton, stopButton] = ["composer", "message", "send", "stop"].map(byId);
  sendButton.append(icon("send"));
  stopButton.append(icon("stop"));

  const fit = () => {
    box.style.height = "auto";
    box.style.height = `${Math.min(TALLEST, box.scrollHeight)}px`;
    sendButton.disabled = box.value.trim() === "" || store.state.busy;
  };
  const submit = () => {
    const text = box.value.trim();
    if (!text || !send(text)) return;
    box.value = "";
    fit();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  box.addEventListener("input", fit);
  stopButton.addEventListener("click", cancel);

  store.watch(({ busy, settled, link }) => {
    const canStop = busy && link === "live";
    if (!canStop && document.activeElement === stopButton) box.focus();
    stopButton.hidden = !canStop;
    sendButton.hidden = canStop;
    const asked = settled.awaiting[0];
    box.placeholder = HINTS[asked] ?? "Write a message";
    box.inputMode = asked === "otp" ? "numeric" : "text";
    box.autocomplete = asked === "otp" ? "one-time-code" : "off";
    fit();
  });

  return {
    fill(text) {
      box.value = text;
      fit();
      box.focus();
    },
    /** Give the keyboard back after a button went away; a touch screen would only raise its keyboard. */
    focus() {
      if (matchMedia("(pointer: fine)").matches) box.focus({ preventScroll: true });
      else byId("thread").focus({ preventScroll: true });
    },
  };
}
