// What the producers send (FloodPayloads.java), and a check of what came.
/** Whose event this is and its number; undefined: it is nobody's. */
function originOf(payload) {
  if (payload instanceof Uint8Array) {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    return [view.getInt32(0, true), view.getInt32(4, true)];
  }
  if (typeof payload === "string") return payload.split(":", 2).map(Number);
  if (Array.isArray(payload)) return payload.slice(0, 2);
  return typeof payload === "object" && payload !== null ? [payload.p, payload.n] : [-1, -1];
}

function isWhole(payload, p, n) {
  switch (n % 4) {
    case 0:
      return (
        Object.keys(payload).length === 3 &&
        payload.p === p &&
        payload.n === n &&
        payload.text === `é😀\0${p}:${n}`
      );
    case 1:
      return payload.length === 4 && payload[2] === true && payload[3] === n + 0.5;
    case 2:
      return payload === `${p}:${n}:é😀\0${"x".repeat((p + n) % 50)}`;
    default:
      return (
        payload.length === 8 + (n % 50) &&
        payload.subarray(8).every((byte, i) => byte === ((p + n + i + 8) & 255))
      );
  }
}

/** Counts what comes, and everything that is wrong with it. */
export class Checker {
  /** Of each producer the number that comes next. */
  next = [];
  came = 0;
  absent = 0;
  wrongCount = 0;
  wrongContext = 0;
  wrongPayload = 0;
  outOfOrder = 0;
  nested = 0;
  #topic;
  #isInside = false;

  constructor(topic, producers) {
    this.#topic = topic;
    this.next = new Array(producers).fill(0);
  }

  /** Checks the arguments of one call of a handler; says whose event it is and its number. */
  take(args) {
    if (this.#isInside) this.nested++;
    this.#isInside = true;
    this.came++;
    const [payload, ctx] = args;
    if (args.length !== 2) this.wrongCount++;
    if (args.some((each) => each === null || each === undefined)) this.absent++;
    if (ctx?.topic !== this.#topic || typeof ctx.id !== "number" || ctx.attempt !== 1)
      this.wrongContext++;
    const [p, n] = originOf(payload);
    if (this.next[p] !== n) this.outOfOrder++;
    this.next[p] = n + 1;
    if (!isWhole(payload, p, n)) this.wrongPayload++;
    this.#isInside = false;
    return [p, n];
  }

  /** What is to be nothing but zeros. */
  get faults() {
    const { absent, wrongCount, wrongContext, wrongPayload, outOfOrder, nested } = this;
    return { absent, wrongCount, wrongContext, wrongPayload, outOfOrder, nested };
  }
}
