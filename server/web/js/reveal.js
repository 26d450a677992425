// Text that comes in bursts, shown at a reader's pace: fast, and faster the more is waiting.

const SLOWEST = 260; // characters a second
const CATCH_UP = 0.45; // seconds in which any backlog is worked off

export class Reveal {
  /** `show(text)` draws what is visible so far. */
  constructor(show) {
    this.show = show;
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.reset();
  }

  reset() {
    cancelAnimationFrame(this.frame);
    this.text = "";
    this.visible = 0;
    this.running = false;
    this.whenShown = [];
  }

  add(chunk) {
    this.aim(this.text + chunk);
  }

  aim(text) {
    this.text = text;
    if (this.still.matches || document.hidden) this.jump();
    else if (!this.running) this.run();
  }

  /** Resolves once everything is visible. */
  shown() {
    if (document.hidden) this.jump(); // a hidden page draws no frames
    return this.running ? new Promise((resolve) => this.whenShown.push(resolve)) : Promise.resolve();
  }

  jump() {
    cancelAnimationFrame(this.frame);
    this.visible = this.text.length;
    this.stop();
  }

  run() {
    this.running = true;
    let last = performance.now();
    let pace = SLOWEST;
    const step = (now) => {
      pace = Math.max(pace, (this.text.length - this.visible) / CATCH_UP);
      this.visible = Math.min(this.text.length, this.visible + (pace * (now - last)) / 1000);
      last = now;
      if (this.visible >= this.text.length || document.hidden) this.jump();
      else {
        this.show(this.text.slice(0, this.wholeCharacters()));
        this.frame = requestAnimationFrame(step);
      }
    };
    this.frame = requestAnimationFrame(step);
  }

  stop() {
    this.running = false;
    this.show(this.text);
    for (const resolve of this.whenShown.splice(0)) resolve();
  }

  wholeCharacters() {
    const end = Math.floor(this.visible);
    return /[\uD800-\uDBFF]/.test(this.text[end - 1] ?? "") ? end - 1 : end;
  }
}
