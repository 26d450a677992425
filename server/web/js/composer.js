// The message box: Enter sends, Shift+Enter breaks the line, and what is written survives a busy assistant.

import { byId, icon } from "./dom.js";

const TALLEST = 160;

/** `asks(state)` says what is asked for: `hint`, `inputMode`, `autocomplete`. Without `cancel`, an answer cannot be stopped. */
export function mountComposer(store, { send, cancel = null, asks = () => ({}) }) {
  const [form, box, sendButton, stopButton] = ["composer", "message", "send", "stop"].map(byId);
  sendButton.append(icon("send"));

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
  if (cancel) mountStop();

  store.watch((state) => {
    const { hint = "Write a message", inputMode = "text", autocomplete = "off" } = asks(state);
    Object.assign(box, { placeholder: hint, inputMode, autocomplete });
    fit();
  });

  function mountStop() {
    stopButton.append(icon("stop"));
    stopButton.addEventListener("click", cancel);
    store.watch(({ busy, link }) => {
      const canStop = busy && link === "live";
      if (!canStop && document.activeElement === stopButton) box.focus();
      stopButton.hidden = !canStop;
      sendButton.hidden = canStop;
    });
  }

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
