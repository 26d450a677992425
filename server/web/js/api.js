// The loan assistant's and the officers' side of the contract, over REST.

import { fetchJson } from "./http.js";

const ROOT = "/api/v1";

export const STREAM = `${ROOT}/chat/stream`;

export const createSession = () => call("/sessions", { method: "POST" });
export const getSession = (id) => call(`/sessions/${encodeURIComponent(id)}`);
export const eraseSession = (id) => call(`/sessions/${encodeURIComponent(id)}`, { method: "DELETE" });
export const getMessages = async (id) => (await call(`/sessions/${encodeURIComponent(id)}/messages`)).messages;
export const getKeyFacts = (id) => call(`/sessions/${encodeURIComponent(id)}/kfs`);
export const getConsents = async (id) => (await call(`/sessions/${encodeURIComponent(id)}/consents`)).consents;
export const getOutbox = async (id) => (await call(`/dev/outbox?session_id=${encodeURIComponent(id)}`)).messages;

/** Keep a thumb on the answer to a message: `up` or `down`. */
export function giveThumb(id, messageId, thumb) {
  const body = JSON.stringify({ message_id: messageId, thumb });
  const headers = { "content-type": "application/json" };
  return call(`/sessions/${encodeURIComponent(id)}/feedback`, { method: "POST", headers, body });
}

export function uploadSlip(id, file) {
  const form = new FormData();
  form.append("kind", "salary_slip");
  form.append("file", file);
  return call(`/sessions/${encodeURIComponent(id)}/documents`, { method: "POST", body: form });
}

/** Raises ApiProblem; status 0 means that no answer came. */
export const call = (path, options) => fetchJson(ROOT + path, options);
