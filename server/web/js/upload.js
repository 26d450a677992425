// Handing over a salary slip: a card when one is awaited, the paper clip at any time, or dropped anywhere on the chat.

import { button, byId, el, icon } from "./dom.js";

const LARGEST = 5 * 1024 * 1024;
const TYPES = new Set(["application/pdf", "image/png", "image/jpeg"]);

export function uploadCard(choose) {
  return el("article", { class: "card upload", data: { card: "upload" } },
    el("div", { class: "card-body" },
      icon("upload"),
      el("div", { class: "what" },
        el("h2", { class: "card-title", text: "Your latest salary slip" }),
        el("p", { class: "card-lead", text: "PDF, PNG or JPEG up to 5 MB. Choose a file or drop it here." }),
      ),
      button("Choose a file", "", choose),
    ),
  );
}

/** Why a file cannot be taken, or null. The service checks again, by content. */
export function objection(file) {
  if (file.size > LARGEST) return "That file is larger than 5 MB. Please choose a smaller one.";
  if (file.type && !TYPES.has(file.type)) return "Please choose a PDF, PNG or JPEG file.";
  return null;
}

/** Wire the file box, the paper clip and dropping; a function that opens the file box. */
export function mountUpload(onFile) {
  const [chat, veil, box] = [byId("chat"), byId("drop-veil"), byId("file")];
  const choose = () => box.click();
  byId("attach").append(icon("clip"));
  byId("attach").addEventListener("click", choose);
  box.addEventListener("change", () => {
    if (box.files.length) onFile(box.files[0]);
    box.value = "";
  });
  const carriesFile = (event) => event.dataTransfer?.types.includes("Files");
  chat.addEventListener("dragover", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  chat.addEventListener("dragleave", (event) => {
    if (!chat.contains(event.relatedTarget)) veil.hidden = true;
  });
  chat.addEventListener("drop", (event) => {
    veil.hidden = true;
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    onFile(event.dataTransfer.files[0]);
  });
  return choose;
}
