// This tab's memory of its session, so that a reload goes on where it was.

const KEY = "esoteric.session";

export function rememberedSession() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null; // storage is switched off: the conversation then lives as long as the page
  }
}

export function rememberSession(id) {
  try {
    sessionStorage.setItem(KEY, id);
  } catch {
    // as above
  }
}

/** A fresh message id; `randomUUID` exists on secure origins only. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
