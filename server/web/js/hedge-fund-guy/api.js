// The hedge fund guy's side of the contract, over REST.

import { fetchJson } from "../http.js";

const ROOT = "/api";

export const STREAM = `${ROOT}/chat/stream`;
export const createSession = () => fetchJson(`${ROOT}/sessions`, { method: "POST" });
export const getSession = (id) => fetchJson(sessionAt(id));
export const eraseSession = (id) => fetchJson(sessionAt(id), { method: "DELETE" });

const sessionAt = (id) => `${ROOT}/sessions/${encodeURIComponent(id)}`;
