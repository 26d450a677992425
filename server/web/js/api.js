// The REST side of the contract.

export class ApiProblem extends Error {
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

const ROOT = "/api/v1";
const OFFLINE = "The service cannot be reached at the moment.";

export const createSession = () => call("/sessions", { method: "POST" });
export const getSession = (id) => call(`/sessions/${encodeURIComponent(id)}`);
export const eraseSession = (id) => call(`/sessions/${encodeURIComponent(id)}`, { method: "DELETE" });
export const getMessages = async (id) => (await call(`/sessions/${encodeURIComponent(id)}/messages`)).messages;
export const getKeyFacts = (id) => call(`/sessions/${encodeURIComponent(id)}/kfs`);
export const getConsents = async (id) => (await call(`/sessions/${encodeURIComponent(id)}/consents`)).consents;
export const getOutbox = async (id) => (await call(`/dev/outbox?session_id=${encodeURIComponent(id)}`)).messages;

export function uploadSlip(id, file) {
  const form = new FormData();
  form.append("kind", "salary_slip");
  form.append("file", file);
  return call(`/sessions/${encodeURIComponent(id)}/documents`, { method: "POST", body: form });
}

/** Raises ApiProblem; status 0 means that no answer came. */
export async function call(path, options = {}) {
  const response = await ask(path, options);
  return response.json();
}

export async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(ROOT + path, { cache: "no-store", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiProblem(0, "offline", OFFLINE);
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  const detail = typeof problem.detail === "string" ? problem.detail : OFFLINE;
  throw new ApiProblem(response.status, problem.code ?? "error", detail);
}
