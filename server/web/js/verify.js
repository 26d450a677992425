// Checks a letter by its file or its code. The code of a QR code comes behind the #, which no server sees.
import { WORDS } from "./verify_words.js";

const MOST = 2 * 1024 * 1024;
const part = (id) => document.getElementById(id);
let words = WORDS.en;
let shown = null; // draws the answer again when the language changes
let asked = 0; // the newest question; an answer to an older one is not shown

function speak(language) {
  words = WORDS[language];
  document.documentElement.lang = language;
  document.title = words.pageTitle;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = words[element.dataset.text];
  const other = part("language");
  other.textContent = language === "en" ? "हिन्दी" : "English";
  other.lang = language === "en" ? "hi" : "en";
  if (shown) shown();
}

function show(state, headline, facts = () => [], note = () => "") {
  shown = () => {
    const answer = part("answer");
    answer.dataset.state = state;
    part("headline").textContent = words[headline];
    part("note").textContent = note();
    part("facts").replaceChildren(...facts().map(([name, value]) => row(words[name], value)));
    answer.hidden = false;
  };
  shown();
}

function row(name, value) {
  const pair = document.createElement("div");
  for (const [kind, text] of [["dt", name], ["dd", value]]) {
    const element = document.createElement(kind);
    element.textContent = text;
    pair.append(element);
  }
  return pair;
}

function day(iso) {
  const [year, month, date] = iso.split("-").map(Number);
  const language = document.documentElement.lang === "hi" ? "hi-IN-u-nu-latn" : "en-IN";
  return new Date(year, month - 1, date).toLocaleDateString(language, { day: "numeric", month: "long", year: "numeric" });
}

function tell(check) {
  const byCode = check.unaltered === null;
  if (!check.genuine) {
    show("bad", check.problem === "altered" ? "changed" : "unknown", undefined, () => words[check.problem ?? "noSuchCode"]);
    return;
  }
  const facts = () => [
    ["genuine", words.yes],
    ["unaltered", byCode ? words.fileNeeded : check.unaltered ? words.yes : words.no],
    ["current", check.current ? words.yes : words[check.standing] ?? words.no],
    ["number", check.letter_number],
    ["issued", day(check.issued_on)],
    ["until", day(check.valid_until)],
  ];
  if (check.unaltered === false) show("bad", "changed", facts, () => words[check.problem] ?? "");
  else if (!check.current) show("care", "lapsed", facts);
  else show("good", byCode ? "exists" : "holds", facts, () => (byCode ? words.compare : ""));
}

async function ask(path, request) {
  const mine = ++asked;
  show("", "checking");
  let failure = "away";
  try {
    const answer = await fetch(path, { method: "POST", credentials: "omit", ...request });
    if (mine !== asked) return;
    if (answer.ok) {
      tell(await answer.json());
      return;
    }
    failure = { 413: "too_large", 429: "slow", 503: "busy" }[answer.status] ?? "away";
  } catch {
    if (mine !== asked) return;
  }
  show("care", failure);
}

function checkFile(file) {
  if (file.size > MOST) {
    asked += 1;
    show("bad", "unknown", undefined, () => words.too_large);
    return;
  }
  const body = new FormData();
  body.append("file", file, "letter.pdf"); // its real name may hold somebody's name
  ask("/api/v1/letters/verify", { body });
}

function checkCode(code) {
  const headers = { "Content-Type": "application/json" };
  ask("/api/v1/letters/verify/code", { headers, body: JSON.stringify({ code }) });
}

function fromAddress() {
  const code = location.hash.slice(1, 41);
  if (!code) return;
  part("code").value = code;
  checkCode(code);
}

part("language").addEventListener("click", () => speak(document.documentElement.lang === "en" ? "hi" : "en"));
part("file").addEventListener("change", (event) => {
  const [file] = event.target.files;
  if (file) checkFile(file);
  event.target.value = "";
});
part("by-file").addEventListener("submit", (event) => event.preventDefault());
part("by-code").addEventListener("submit", (event) => {
  event.preventDefault();
  const code = part("code").value.trim();
  if (code) checkCode(code);
});
const drop = part("drop");
for (const kind of ["dragover", "dragleave", "drop"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files[0]) checkFile(event.dataTransfer.files[0]);
  });
}
for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault());
addEventListener("hashchange", fromAddress);
speak(navigator.language.startsWith("hi") ? "hi" : "en");
fromAddress();
