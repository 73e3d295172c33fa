import { randomUUID } from "node:crypto";
import type { Person } from "./people.ts";

export interface Message {
  readonly id: string;
  readonly from: Person;
  readonly text: string;
  /** In ms since 1970; no two messages have the same. */
  readonly at: number;
}

const TALKS = 1_000;
const MESSAGES = 100;

/** What was said: the last 100 messages of each of the last 1,000 talks. */
export class Talks {
  readonly #talks = new Map<string, Message[]>();
  #lastAt = 0;

  /** A message that is in no talk yet. */
  message(from: Person, text: string): Message {
    this.#lastAt = Math.max(Date.now(), this.#lastAt + 1);
    return { id: randomUUID(), from, text, at: this.#lastAt };
  }

  /** Adds a message to a talk, at its place in time. */
  add(talk: string, message: Message): void {
    const messages = [...this.of(talk), message].sort((one, other) => one.at - other.at);
    this.#keep(talk, messages.slice(-MESSAGES));
  }

  /** The messages of a talk, oldest first. */
  of(talk: string): readonly Message[] {
    return this.#talks.get(talk) ?? [];
  }

  save(): [string, Message[]][] {
    return [...this.#talks];
  }

  restore(saved: [string, Message[]][]): void {
    for (const [talk, messages] of saved) {
      this.#keep(talk, messages);
      this.#lastAt = Math.max(this.#lastAt, messages.at(-1)?.at ?? 0);
    }
  }

  /** The talk that has been quiet for longest goes first. */
  #keep(talk: string, messages: Message[]): void {
    this.#talks.delete(talk);
    this.#talks.set(talk, messages);
    for (const quiet of this.#talks.keys()) {
      if (this.#talks.size <= TALKS) return;
      this.#talks.delete(quiet);
    }
  }
}
