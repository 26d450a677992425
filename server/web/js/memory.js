// What this tab remembers, so that a reload goes on where it was.

/** Remembers under `key`, where storage is not switched off: else the conversation lives as long as the page. */
export class TabMemory {
  constructor(key) {
    this.key = key;
  }

  get() {
    try {
      return sessionStorage.getItem(this.key);
    } catch {
      return null;
    }
  }

  set(text) {
    try {
      sessionStorage.setItem(this.key, text);
    } catch {
      // as above
    }
  }

  forget() {
    try {
      sessionStorage.removeItem(this.key);
    } catch {
      // as above
    }
  }
}

/** A fresh message id; `randomUUID` exists on secure origins only. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
