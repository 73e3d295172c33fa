import { FrameAssembler } from "./codec.js";
import { type Child, type Machine, machineOf, processes } from "./node-modules.js";
import { clearTimeout, program, script, setTimeout } from "./program.js";
import { findStart, type Start } from "./runtime-home.js";
import type { Receiver, Sent, Transport } from "./transport.js";

/** So many bytes may wait for the child to read them. */
const MAX_WAITING = 1 << 20;
/** A child that was told to end and has not after this is ended. */
const END_MS = 5_000;

/**
 * The node as a child process, with frames on its standard streams. Except on Windows it lives in a
 * process group of its own: what is meant for the program, such as Ctrl-C, is the program's to
 * answer. When the program ends, however it does, the streams end and the child with them.
 */
export class ProcessTransport implements Transport {
  readonly #find: () => Promise<Start>;
  readonly #frames = new FrameAssembler();
  #receiver: Receiver | undefined;
  #child: Child | undefined;
  #isFull = false;
  #untaken = 0;
  #isReferenced = false;
  #isHolding = true; // a child that was just spawned holds the program
  #isClosed = false;
  #hasEnded = false;
  #hasExited = false;
  #ending: { unref(): unknown } | undefined;

  /** When the child has ended; never, if it did not start. */
  readonly exited: Promise<void>;
  #onExit: () => void = () => undefined;
  readonly #endMs: number;

  /**
   * @param find what to start; by default as the environment says
   * @param endMs how long it may take to end
   */
  constructor(find: () => Promise<Start> = startHere, endMs: number = END_MS) {
    this.#find = find;
    this.#endMs = endMs;
    this.exited = new Promise((resolve) => {
      this.#onExit = resolve;
    });
  }

  start(receiver: Receiver): void {
    this.#receiver = receiver;
    this.#spawn().catch((error: Error) => this.#ended(error.message));
  }

  send(batch: Uint8Array): Sent {
    const stdin = this.#child?.stdin;
    if (this.#isClosed || this.#hasEnded) {
      return "CLOSED";
    }
    if (stdin === undefined || stdin.writableLength > MAX_WAITING) {
      this.#isFull = true;
      return "FULL";
    }
    this.#untaken++;
    const copy = new Uint8Array(batch); // a slice of a Buffer would share its memory
    stdin.write(copy, () => this.#untaken--);
    return "OK";
  }

  hold(): void {
    this.#child?.stdout.pause();
  }

  resume(): void {
    this.#child?.stdout.resume();
  }

  ref(): void {
    this.#isReferenced = true;
    this.#reference();
  }

  unref(): void {
    this.#isReferenced = false;
    this.#reference();
  }

  close(): void {
    if (this.#isClosed) {
      return;
    }
    this.#isClosed = true;
    const child = this.#child;
    if (child !== undefined && !this.#hasExited) {
      child.stdin.end();
      this.#ending = setTimeout(() => child.kill("SIGKILL"), this.#endMs);
      this.#ending.unref();
    }
  }

  /** The child ends by itself when its input does. */
  shutdown(): number {
    return this.#untaken;
  }

  async #spawn(): Promise<void> {
    const start = await this.#find();
    const { spawn } = await processes();
    if (this.#isClosed) {
      return;
    }
    const { RUNAR_TRANSPORT: _, ...env } = program.env;
    const file = script();
    const args = file === undefined ? start.args : [...start.args, file];
    const child = spawn(start.command, args, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...env, ...start.env },
      detached: program.platform !== "win32",
      windowsHide: true,
    });
    child.on("error", (error) =>
      this.#ended(`the node's process ${start.command} did not start: ${error.message}`),
    );
    if (child.stdin === undefined || child.stdin === null) {
      return; // such as: no descriptors are left, which the error says
    }
    this.#child = child;
    child.on("close", (code, signal) => {
      this.#hasExited = true;
      this.#onExit();
      if (this.#ending !== undefined) {
        clearTimeout(this.#ending);
      }
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      this.#ended(`the node's process has ended: ${how}`);
    });
    child.stdin.on("error", () => undefined); // it has ended, which is said above
    child.stdin.on("drain", () => this.#room());
    child.stdout.on("data", (piece: Uint8Array) => this.#read(piece));
    this.#reference();
    this.#room();
  }

  #read(piece: Uint8Array): void {
    try {
      this.#frames.push(piece, (batch) => {
        if (!this.#isClosed && !this.#hasEnded) {
          this.#receiver?.onBatch(batch);
        }
      });
    } catch (error) {
      this.#ended(`${(error as Error).message}${ofOptions()}`);
      this.close(); // it speaks something else
    }
  }

  #room(): void {
    if (this.#isFull) {
      this.#isFull = false;
      this.#receiver?.onRoom();
    }
  }

  /** Only changes are told: Bun counts each `ref()`, so that one `unref()` does not undo two. */
  #reference(): void {
    const child = this.#child;
    if (child === undefined || this.#isHolding === this.#isReferenced) {
      return;
    }
    this.#isHolding = this.#isReferenced;
    const all = [child, child.stdin, child.stdout];
    for (const each of all) {
      if (this.#isReferenced) {
        each.ref?.();
      } else {
        each.unref?.();
      }
    }
  }

  #ended(message: string): void {
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      this.#receiver?.onEnd({ message });
    }
  }
}

/** Who has asked Java to write where the link is, perhaps. */
function ofOptions(): string {
  const given = ["RUNAR_JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"].flatMap((name) =>
    program.env[name] ? [`${name}=${program.env[name]}`] : [],
  );
  return given.length === 0 ? "" : `\nAn option may ask Java for it: ${given.join(", ")}`;
}

async function startHere(): Promise<Start> {
  return findStart(await thisMachine());
}

const { url } = import.meta as unknown as { readonly url: string };

/** The machine that the program runs on. */
export function thisMachine(): Promise<Machine> {
  return machineOf(program.env, program.platform, program.arch, url);
}
