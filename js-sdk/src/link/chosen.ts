import { ConfigError, NotRunningError } from "../errors.js";
import { addonOf } from "./load-addon.js";
import type { Machine } from "./node-modules.js";
import { ProcessTransport, thisMachine } from "./process.js";
import { program } from "./program.js";
import { findStart, type Start } from "./runtime-home.js";
import type { Receiver, Sent, Transport } from "./transport.js";

/** How the node is reached: see {@link NodeConfig.transport}. */
export type Choice = "auto" | "native" | "process";

/**
 * What was wanted, or what can be had: the node in this process where its addon loads, else in one
 * of its own, which is said once.
 */
export class ChosenTransport implements Transport {
  readonly #choice: Choice;
  readonly #machine: () => Promise<Machine>;
  #transport: Transport | undefined;
  #isReferenced = false;
  #isClosed = false;
  #isFull = false;

  /** @param machine where the node is looked for */
  constructor(choice: Choice, machine: () => Promise<Machine> = thisMachine) {
    this.#choice = choice;
    this.#machine = machine;
  }

  start(receiver: Receiver): void {
    this.#choose(receiver).then(
      () => {
        if (this.#isFull && !this.#isClosed) {
          receiver.onRoom();
        }
      },
      (error: Error) => receiver.onEnd({ message: error.message }),
    );
  }

  send(batch: Uint8Array): Sent {
    if (this.#transport !== undefined) {
      return this.#transport.send(batch);
    }
    this.#isFull = true;
    return this.#isClosed ? "CLOSED" : "FULL";
  }

  hold(): void {
    this.#transport?.hold();
  }

  resume(): void {
    this.#transport?.resume();
  }

  ref(): void {
    this.#isReferenced = true;
    this.#transport?.ref();
  }

  unref(): void {
    this.#isReferenced = false;
    this.#transport?.unref();
  }

  close(): void {
    this.#isClosed = true;
    this.#transport?.close();
  }

  get outlives(): boolean {
    return this.#transport?.outlives === true;
  }

  last(): void {
    this.#transport?.last?.();
  }

  shutdown(code: number): number {
    return this.#transport?.shutdown?.(code) ?? 0;
  }

  async #choose(receiver: Receiver): Promise<void> {
    const machine = await this.#machine();
    const find = async (): Promise<Start> => findStart(machine);
    if (this.#choice === "process") {
      return this.#begin(new ProcessTransport(find), receiver);
    }
    try {
      this.#begin(await addonOf(machine), receiver);
    } catch (error) {
      if (this.#choice === "native") {
        throw error;
      }
      const lacking = lackOf(machine);
      if (lacking !== undefined) {
        throw neither(error as Error, lacking);
      }
      const [why = ""] = (error as Error).message.split("\n");
      program.stderr.write(
        `runar: the node runs in a process of its own, since ${why.replace(/\.$/, "")}. ` +
          "RUNAR_TRANSPORT=process keeps this quiet.\n",
      );
      this.#begin(new ProcessTransport(find), receiver);
    }
  }

  /** @throws Error of a transport that cannot be had after all; it is closed then */
  #begin(transport: Transport, receiver: Receiver): void {
    if (this.#isClosed) {
      transport.close();
      return;
    }
    try {
      transport.start(receiver);
    } catch (error) {
      transport.close();
      throw error;
    }
    this.#transport = transport;
    if (this.#isReferenced) {
      transport.ref();
    } else {
      transport.unref();
    }
  }
}

/** Why no node in a process of its own can be had; undefined: it can. */
function lackOf(machine: Machine): Error | undefined {
  try {
    findStart(machine);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** What both ways lack, which may be the same. */
function neither(here: Error, elsewhere: Error): Error {
  return here.message === elsewhere.message
    ? here
    : new NotRunningError(`${elsewhere.message}\nNor within the program: ${here.message}`);
}

const CHOICES: readonly string[] = ["auto", "native", "process"] satisfies Choice[];

/**
 * The choice in effect: the environment's, else the configuration's.
 *
 * @throws ConfigError for any other word
 */
export function choiceOf(given: string | undefined): Choice {
  const choice = program.env["RUNAR_TRANSPORT"] || given || "auto";
  if (!CHOICES.includes(choice)) {
    throw new ConfigError(
      `the transport must be "auto", "native" or "process", it is ${JSON.stringify(choice)}`,
    );
  }
  return choice as Choice;
}
