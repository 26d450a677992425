// A question before something that cannot be taken back.

import { byId } from "./dom.js";

/** Ask it when the button with the id `opener` is pressed; `onChoice(value)` gets the value of the button chosen. */
export function mountDialog(opener, { onOpen = () => {}, onChoice }) {
  const dialog = byId(`${opener}-dialog`);
  byId(opener).addEventListener("click", () => {
    onOpen();
    dialog.returnValue = ""; // which is what the Escape key leaves
    dialog.showModal();
  });
  dialog.addEventListener("close", () => onChoice(dialog.returnValue));
}
