import { randomUUID } from "node:crypto";
import type { Person } from "./people.ts";

export interface Message {
  readonly id: string;
  readonly from: Person;
  readonly text: string;
  /** In ms since 1970; no two messages of a talk have the same. */
  readonly at: number;
}

const TALKS = 1_000;
const MESSAGES = 100;

/** What was said: the last 100 messages of each of the last 1,000 talks. */
export class Talks {
  readonly #talks = new Map<string, Message[]>();

  /** Adds a message to a talk, and answers it. */
  say(talk: string, from: Person, text: string): Message {
    const messages = this.#talks.get(talk) ?? [];
    const at = Math.max(Date.now(), (messages.at(-1)?.at ?? 0) + 1);
    const message = { id: randomUUID(), from, text, at };
    messages.push(message);
    if (messages.length > MESSAGES) messages.shift();
    this.#keep(talk, messages);
    return message;
  }

  /** The messages of a talk, oldest first. */
  of(talk: string): readonly Message[] {
    return this.#talks.get(talk) ?? [];
  }

  save(): [string, Message[]][] {
    return [...this.#talks];
  }

  restore(saved: [string, Message[]][]): void {
    for (const [talk, messages] of saved) this.#keep(talk, messages);
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
