// Asking the service: an answer, or a problem with words for the reader.

export class ApiProblem extends Error {
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

const OFFLINE = "The service cannot be reached at the moment.";
const CUT_OFF = "The connection broke before the answer came.";

/** The answer's JSON. Raises ApiProblem; status 0 means that no answer came. */
export async function fetchJson(address, options = {}) {
  const response = await ask(address, options);
  return response.json();
}

export async function ask(address, options = {}) {
  let response;
  try {
    response = await fetch(address, { cache: "no-store", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiProblem(0, "offline", OFFLINE);
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  const detail = typeof problem.detail === "string" ? problem.detail : OFFLINE;
  throw new ApiProblem(response.status, problem.code ?? "error", detail);
}

/** Erased, or silent for too long: the service tells nobody which, nor whether it ever was. */
export const isGone = (error) => error.status === 404 || error.status === 401;

/** What to tell the reader of a failure. */
export const wordsOf = (error) => (error instanceof ApiProblem ? error.message : CUT_OFF);

export const cutOff = () => new ApiProblem(0, "offline", CUT_OFF);
