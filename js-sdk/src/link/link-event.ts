import { errorOfJson } from "../codec.js";
import type { HostEventInfo } from "../host.js";
import { parse, stringify } from "../primordials.js";
import type { Frame } from "./codec.js";
import { FRAME } from "./frames.js";
import type { Link } from "./link.js";

type Json = Readonly<Record<string, unknown>>;

/** What an EVENT says beside its payload. */
interface EventHead {
  readonly id: number;
  readonly topic: string;
  readonly timestamp: number;
  readonly params?: Json;
  readonly meta?: Json;
  readonly traceparent?: string;
  readonly tracestate?: string;
  readonly attempt?: number;
  readonly manual?: boolean;
}

const NACK = '{"nack":true}';

/** One event that a handler here works on. */
export class LinkEvent implements HostEventInfo {
  readonly #link: Link;
  readonly #exchange: number;
  readonly #head: EventHead;
  readonly #servicePath: string;
  readonly #onAnswered: (exchange: number) => void;
  #isAnswered = false;
  #isCancelled = false;
  #hasEnded = false;

  constructor(
    link: Link,
    frame: Frame,
    servicePath: string,
    onAnswered: (exchange: number) => void,
  ) {
    this.#link = link;
    this.#onAnswered = onAnswered;
    this.#exchange = frame.id;
    this.#head = parse(frame.head) as EventHead;
    this.#servicePath = servicePath;
  }

  id(): number {
    return this.#head.id;
  }

  topic(): string {
    return this.#head.topic;
  }

  timestamp(): number {
    return this.#head.timestamp;
  }

  paramsJson(): string {
    return textOf(this.#head.params);
  }

  metaJson(): string {
    return textOf(this.#head.meta);
  }

  traceparent(): string {
    return this.#head.traceparent ?? "";
  }

  tracestate(): string {
    return this.#head.tracestate ?? "";
  }

  servicePath(): string {
    return this.#servicePath;
  }

  attempt(): number {
    return this.#head.attempt ?? 1;
  }

  isManual(): boolean {
    return this.#head.manual === true;
  }

  /** Whether the node still waits to hear of it. */
  get isOpen(): boolean {
    return !this.#isAnswered;
  }

  /** What a request or an event that its handler makes is told of it; see docs/link.md. */
  within(): object {
    const service = this.#servicePath;
    const isOver = this.#isAnswered || this.#isCancelled;
    return isOver ? { service } : { event: this.#exchange, service };
  }

  ack(): void {
    if (!this.#isAnswered && !this.#isCancelled) {
      this.#succeed();
    }
  }

  nack(errorJson: string): void {
    if (!this.#isCancelled) {
      this.#fail(errorOfJson(errorJson), NACK);
    }
  }

  /** The handler has returned, or its promise has been kept. */
  handled(): void {
    this.#hasEnded = true;
    if (!this.isManual() || this.#isCancelled) {
      this.#succeed();
    }
  }

  /** The handler has thrown. */
  failed(error: unknown): void {
    this.#hasEnded = true;
    this.#fail(error);
  }

  /** The node does not wait for what becomes of it any more, but it counts what still runs. */
  cancelled(): void {
    this.#isCancelled = true;
    if (this.#hasEnded) {
      this.#succeed();
    }
  }

  #succeed(): void {
    if (!this.#isAnswered) {
      this.#isAnswered = true;
      this.#link.postReserved({ kind: FRAME.RESULT, id: this.#exchange });
      this.#onAnswered(this.#exchange);
    }
  }

  #fail(error: unknown, head?: string): void {
    if (!this.#isAnswered) {
      this.#isAnswered = true;
      this.#link.postError(this.#exchange, error, head);
      this.#onAnswered(this.#exchange);
    }
  }
}

function textOf(texts: Json | undefined): string {
  return texts === undefined ? "{}" : stringify(texts);
}
