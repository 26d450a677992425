// The session's WebSocket: opened again after every drop, each time a little later.

const FIRST_WAIT = 400;
const LONGEST_WAIT = 12000;

export class SessionSocket {
  /** `onFrame(frame)`, `onOpen()` after every connection, `onDown(failures)` after every drop. */
  constructor(sessionId, { onFrame, onOpen, onDown }) {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.address = `${scheme}//${location.host}/api/v1/ws/${encodeURIComponent(sessionId)}`;
    this.hooks = { onFrame, onOpen, onDown };
    this.failures = 0;
    this.closed = false;
    this.wake = () => this.reopenNow();
    addEventListener("online", this.wake);
    this.open();
  }

  get isOpen() {
    return this.socket?.readyState === 1;
  }

  open() {
    clearTimeout(this.timer);
    const socket = (this.socket = new WebSocket(this.address));
    socket.onopen = () => {
      this.failures = 0;
      this.hooks.onOpen();
    };
    socket.onmessage = (event) => this.hooks.onFrame(JSON.parse(event.data));
    socket.onclose = () => this.dropped(socket);
  }

  /** False when there is no open connection to send on. */
  send(content) {
    if (!this.isOpen) return false;
    this.socket.send(JSON.stringify(content));
    return true;
  }

  /** Give up the present connection, which may be dead without saying so, and open another. */
  reopenNow() {
    if (this.closed) return;
    this.abandon();
    this.open();
  }

  close() {
    this.closed = true;
    removeEventListener("online", this.wake);
    this.abandon();
  }

  abandon() {
    clearTimeout(this.timer);
    const socket = this.socket;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  dropped(socket) {
    if (this.closed || socket !== this.socket) return;
    this.failures += 1;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (this.failures - 1));
    this.timer = setTimeout(() => this.open(), wait * (0.75 + Math.random() / 2));
    this.hooks.onDown(this.failures);
  }
}
