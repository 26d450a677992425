// What the page knows, and who wants to hear of changes.

export class Store {
  constructor(initial) {
    this.state = initial;
    this.listeners = [];
  }

  /** `listener(state, changedKeys)`; called at once with everything. */
  watch(listener) {
    this.listeners.push(listener);
    listener(this.state, new Set(Object.keys(this.state)));
  }

  set(change) {
    const changed = new Set(Object.keys(change).filter((key) => change[key] !== this.state[key]));
    if (changed.size === 0) return;
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener(this.state, changed);
  }
}
