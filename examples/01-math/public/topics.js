/** A client of the node's /topics dialect: JSON text frames, see docs/protocol.md. */
export class Topics {
  #url;
  #socket = null;
  #handlers = new Map(); // pattern -> handler; asked for again after a reconnect
  #waiting = new Map(); // id -> { resolve, reject, timer }
  #nextId = 1;
  #attempt = 0;
  #onState;

  /** @param onState called with "connecting", "live" or "waiting", and the seconds to wait */
  constructor(url, onState) {
    this.#url = url;
    this.#onState = onState;
    this.#connect();
  }

  /** Calls the handler with (data, topic) for every event from now on. */
  subscribe(topic, handler) {
    this.#handlers.set(topic, handler);
    this.#send({ subscribe: topic });
  }

  /** Resolves when the node has taken the event, to how many handlers and clients get it. */
  publish(topic, data) {
    return this.#ask({ publish: topic, data });
  }

  /** Resolves to the result of the action. */
  async request(path, data) {
    return (await this.#ask({ request: path, data })).result;
  }

  #ask(frame) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(id, { error: { message: "no answer" } }), 10_000);
      this.#waiting.set(id, { resolve, reject, timer });
      if (!this.#send({ ...frame, id })) this.#settle(id, { error: { message: "not connected" } });
    });
  }

  #settle(id, frame) {
    const { resolve, reject, timer } = this.#waiting.get(id) ?? {};
    if (!timer) return;
    this.#waiting.delete(id);
    clearTimeout(timer);
    if (frame.error) reject(Object.assign(new Error(frame.error.message), { code: frame.error.code }));
    else resolve(frame);
  }

  #send(frame) {
    const isOpen = this.#socket?.readyState === WebSocket.OPEN;
    if (isOpen) this.#socket.send(JSON.stringify(frame));
    return isOpen;
  }

  #connect() {
    this.#onState("connecting");
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#attempt = 0;
      for (const topic of this.#handlers.keys()) this.#send({ subscribe: topic });
      this.#onState("live");
    };
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = () => this.#reconnectLater();
  }

  #receive(frame) {
    if (frame.topic !== undefined) {
      for (const [pattern, handler] of this.#handlers) {
        if (matches(pattern, frame.topic)) handler(frame.data, frame.topic);
      }
    } else if (frame.id !== undefined) {
      this.#settle(frame.id, frame);
    } else if (frame.error) {
      console.error(`${frame.error.code}: ${frame.error.message}`);
    }
  }

  /** After 0.5 s, then twice as long each time up to 10 s, with some chance in it. */
  #reconnectLater() {
    for (const id of this.#waiting.keys()) this.#settle(id, { error: { message: "connection lost" } });
    const seconds = Math.min(10, 0.5 * 2 ** this.#attempt++) * (0.8 + Math.random() * 0.4);
    this.#onState("waiting", seconds);
    setTimeout(() => this.#connect(), seconds * 1000);
  }
}

/** `*` is one segment, `>` the rest. */
function matches(pattern, topic) {
  const given = topic.split("/");
  const wanted = pattern.split("/");
  const isRest = wanted.at(-1) === ">";
  if (isRest ? given.length < wanted.length : given.length !== wanted.length) return false;
  return wanted.every((part, i) => part === "*" || part === ">" || part === given[i]);
}
