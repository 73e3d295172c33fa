import type { RunarError } from "../errors.js";
import type { VirtualClock } from "./clock.js";
import type { FaultPlan } from "./faults.js";
import type { Random } from "./random.js";
import { laterTurn } from "./turns.js";

/** One callback on its way to a script. */
export interface Task {
  /** What it is, for the trace. */
  readonly what: string;
  readonly sender: string;
  /** The service whose script runs it; empty for the test's own. */
  readonly receiver: string;
  /** The answer to something that was asked: never refused, as in the node. */
  readonly isReserved: boolean;
  run(): void;
  /** It will never run. */
  abandon(reason: RunarError): void;
}

interface Waiting {
  readonly task: Task;
  readonly dueAt: number;
}

const MAX_TRACE = 200;

/**
 * The callback queue: one callback a turn, all microtasks before the next. Which one comes next,
 * and what goes wrong with it, is decided by the seed and by nothing else.
 */
export class Scheduler {
  /** What ran last, oldest first. */
  readonly trace: string[] = [];
  isFaulty = false;
  /** The clock moves on by itself no more. */
  isClosed = false;
  /** Ends the script of a receiver instead of running its task; false: it cannot end now. */
  onDeath: (receiver: string) => boolean = () => false;
  #waiting: Waiting[] = [];
  #isPumping = false;
  readonly #held = new Set<string>();
  #idle: (() => void)[] = [];
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #plan: FaultPlan;
  readonly #bounds: { readonly queuedCallbacks: number; readonly autoAdvance: boolean };

  constructor(
    clock: VirtualClock,
    random: Random,
    plan: FaultPlan,
    bounds: { readonly queuedCallbacks: number; readonly autoAdvance: boolean },
  ) {
    this.#clock = clock;
    this.#random = random;
    this.#plan = plan;
    this.#bounds = bounds;
  }

  /** Queues a callback; false when the queue is full. */
  offer(task: Task): boolean {
    const isFaulty = this.#canFail(task);
    if (!task.isReserved && this.#queuedFor(task.receiver) >= this.#bounds.queuedCallbacks) {
      return false;
    }
    if (isFaulty && this.#random.happens(this.#plan.full ?? 0)) {
      this.note(`full     ${task.what}`);
      return false;
    }
    this.#waiting.push({ task, dueAt: this.#clock.now + this.#delay(task) });
    this.#pump();
    return true;
  }

  /** Resolves when nothing is left to run at this time. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#pump();
    });
  }

  /** Fails everything that waits for this receiver. */
  abandon(receiver: string, reason: RunarError): void {
    const gone = this.#waiting.filter(({ task }) => task.receiver === receiver);
    this.#waiting = this.#waiting.filter(({ task }) => task.receiver !== receiver);
    for (const { task } of gone) {
      task.abandon(reason);
    }
  }

  /** What waits for this receiver, and comes for it, stays; not what it sends to itself. */
  hold(receiver: string): void {
    this.#held.add(receiver);
  }

  release(receiver: string): void {
    this.#held.delete(receiver);
    this.#pump();
  }

  note(line: string): void {
    this.trace.push(`${this.#clock.now}  ${line}`);
    if (this.trace.length > MAX_TRACE) {
      this.trace.shift();
    }
  }

  /** The node's own services have no script, and answers always have a place. */
  #canFail(task: Task): boolean {
    return this.isFaulty && !task.isReserved && !task.receiver.startsWith("$");
  }

  #queuedFor(receiver: string): number {
    return this.#waiting.filter(({ task }) => task.receiver === receiver).length;
  }

  #delay(task: Task): number {
    const delay = this.isFaulty ? this.#plan.delay : undefined;
    if (delay === undefined || !this.#random.happens(delay.probability)) {
      return 0;
    }
    const ms = this.#random.between(1, Math.max(1, delay.max));
    this.note(`delay    ${task.what} by ${ms} ms`);
    this.#clock.after(ms, () => this.#pump());
    return ms;
  }

  #pump(): void {
    if (!this.#isPumping) {
      this.#isPumping = true;
      laterTurn(() => this.#turn(0));
    }
  }

  /** @param quiet how many turns in a row had nothing to do */
  #turn(quiet: number): void {
    const next = this.#choose();
    if (next === undefined && quiet > QUIET_TURNS && this.#becomeIdle()) {
      return;
    }
    laterTurn(() => this.#turn(next === undefined ? quiet + 1 : 0)); // also when this one throws
    if (next !== undefined) {
      this.#run(next.task);
    }
  }

  /** Nothing was done for some turns, so that what other code awaits has gone on too. */
  #becomeIdle(): boolean {
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) {
      resolve();
    }
    const mayAdvance = this.#bounds.autoAdvance && !this.isClosed;
    if (idle.length > 0 || (mayAdvance && this.#clock.fireNext())) {
      return false;
    }
    this.#isPumping = false;
    return true;
  }

  #run(task: Task): void {
    const canDie = this.#canFail(task) && task.receiver !== "";
    if (canDie && this.#random.happens(this.#plan.death ?? 0)) {
      const waiting = { task, dueAt: 0 };
      this.#waiting.unshift(waiting); // it goes with the others
      if (this.onDeath(task.receiver)) {
        return;
      }
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
    }
    this.note(`run      ${task.what}`);
    task.run();
  }

  /** The oldest of a lane, a sender with a receiver; of several lanes any, if they may overtake. */
  #choose(): Waiting | undefined {
    const heads = new Map<string, Waiting>();
    for (const waiting of this.#waiting) {
      const { sender, receiver, isReserved } = waiting.task;
      if (this.#held.has(receiver) && !isReserved && sender !== receiver) {
        continue;
      }
      const lane = `${sender}\n${receiver}`;
      if (!heads.has(lane)) {
        heads.set(lane, waiting);
      }
    }
    const due = [...heads.values()].filter(({ dueAt }) => dueAt <= this.#clock.now);
    if (due.length === 0) {
      return undefined;
    }
    const mayOvertake = this.isFaulty && this.#plan.reorder === true && due.length > 1;
    const chosen = mayOvertake ? this.#random.of(due) : (due[0] as Waiting);
    this.#waiting.splice(this.#waiting.indexOf(chosen), 1);
    return chosen;
  }
}

/** What other code awaits takes a few turns of its own. */
const QUIET_TURNS = 2;
