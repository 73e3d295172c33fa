import { NotRunningError } from "../errors.js";
import { MAX_FRAME } from "./frames.js";
import { type Boot, findBoot } from "./jvm.js";
import type { Machine } from "./node-modules.js";
import { clearInterval, now, program, setImmediate, setInterval } from "./program.js";
import type { Receiver, Sent, Transport } from "./transport.js";

/** What native/c/runar_native.h says is exported. */
export interface Addon {
  abiVersion(): number;
  boot(libjvm: string, options: readonly string[], mainClass: string): Promise<undefined>;
  open(doorbell: () => void, limits: { maxBytes: number }): number;
  send(handle: number, bytes: Uint8Array, length: number): number;
  drain(handle: number): Uint8Array | number | undefined;
  ref(handle: number): undefined;
  unref(handle: number): undefined;
  close(handle: number): number;
  shutdown(code: number): number;
}

/** What this SDK was written for. */
export const ABI_VERSION = 1;

const FULL = 1;
const CLOSED = 2;
const NO_MEMORY = 4;
/** Room for the largest frame there is, each way. */
const MAX_BYTES = 2 * MAX_FRAME;
/** So long is drained in one turn of the event loop (T16); then others have theirs. */
const TURN_MS = 8;
/** How often Bun before 1.4 looks by itself, since it loses rings (T3). */
const POLL_MS = 2;

/** Addons whose Java machine ends with the program. */
const ending = new WeakSet<Addon>();

/** What of the running program decides how an addon is drained. */
export interface Quirks {
  /** A ring may be lost (T3). */
  readonly losesRings: boolean;
  /** A ring may come within a call of the program's (T15). */
  readonly ringsInside: boolean;
  /** The program's first thread, whose end is the end of all. */
  readonly isMainThread: boolean;
}

/**
 * The node in this very process, by the addon: a Java machine on threads of its own. The addon moves
 * bytes and rings; what there is, is drained here.
 */
export class AddonTransport implements Transport {
  readonly #addon: Addon;
  readonly #boot: () => Promise<Boot>;
  readonly #quirks: Quirks;
  #receiver: Receiver | undefined;
  #handle = 0;
  #isFull = false;
  #isHeld = false;
  #isScheduled = false;
  #isClosed = false;
  #poll: unknown;
  /** How often frames were found that no ring had told of. */
  lateDrains = 0;

  /** @param boot says what the Java machine is made of */
  constructor(addon: Addon, boot: () => Promise<Boot>, quirks: Quirks) {
    this.#addon = addon;
    this.#boot = boot;
    this.#quirks = quirks;
  }

  start(receiver: Receiver): void {
    this.#receiver = receiver;
    const { ringsInside, losesRings } = this.#quirks;
    const ring = ringsInside ? () => this.#drainLater() : () => this.#drain();
    this.#handle = this.#addon.open(ring, { maxBytes: MAX_BYTES });
    if (losesRings) {
      const timer = setInterval(() => this.#look(), POLL_MS);
      timer.unref();
      this.#poll = timer;
    }
    this.#begin().catch((error: Error) => this.#ended(error.message));
  }

  send(batch: Uint8Array): Sent {
    if (this.#isClosed || this.#handle === 0) {
      return "CLOSED";
    }
    switch (this.#addon.send(this.#handle, batch, batch.byteLength)) {
      case 0:
        return "OK";
      case FULL:
        this.#isFull = true;
        return "FULL";
      case CLOSED:
        return "CLOSED";
      case NO_MEMORY:
        this.#isFull = true;
        setImmediate(() => this.#room()); // nobody rings for that
        return "FULL";
      default:
        this.#ended(`a batch of ${batch.byteLength} bytes is too large for the addon`);
        return "CLOSED";
    }
  }

  hold(): void {
    this.#isHeld = true;
  }

  resume(): void {
    this.#isHeld = false;
    this.#drainLater();
  }

  ref(): void {
    this.#addon.ref(this.#handle);
  }

  unref(): void {
    this.#addon.unref(this.#handle);
  }

  close(): void {
    if (!this.#isClosed) {
      this.#isClosed = true;
      clearInterval(this.#poll);
      this.#addon.close(this.#handle);
    }
  }

  async #begin(): Promise<void> {
    const { libjvm, options, mainClass } = await this.#boot();
    await this.#addon.boot(libjvm, options, mainClass);
    if (this.#quirks.isMainThread && !ending.has(this.#addon)) {
      ending.add(this.#addon);
      const end = (code: number | undefined): unknown => this.#addon.shutdown(code ?? 0);
      program.once("exit", end as never); // Bun runs no handlers of libc (T9)
    }
  }

  #look(): void {
    if (this.#drain()) {
      this.lateDrains++;
    }
  }

  #drainLater(): void {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(() => {
        this.#isScheduled = false;
        this.#drain();
      });
    }
  }

  /** Whether there was something. */
  #drain(): boolean {
    const until = now() + TURN_MS;
    let some = false;
    while (!this.#isClosed && !this.#isHeld) {
      let batch: Uint8Array | number | undefined;
      try {
        batch = this.#addon.drain(this.#handle);
      } catch (error) {
        this.#ended((error as Error).message);
        return some;
      }
      if (batch === undefined) {
        this.#room();
        return some;
      }
      if (typeof batch === "number") {
        this.#ended(`the Java machine has ended: exit code ${batch}`, batch);
        return some;
      }
      some = true;
      this.#receiver?.onBatch(batch);
      if (now() >= until) {
        this.#drainLater();
        return some;
      }
    }
    return some;
  }

  #room(): void {
    if (this.#isFull) {
      this.#isFull = false;
      this.#receiver?.onRoom();
    }
  }

  #ended(message: string, exitCode?: number): void {
    const receiver = this.#receiver;
    this.#receiver = undefined;
    receiver?.onEnd(exitCode === undefined ? { message } : { message, exitCode });
  }
}

/** What is known of the program that runs this. */
export function quirksOf(
  versions: Readonly<Record<string, string | undefined>>,
  isMainThread: boolean,
): Quirks {
  const bun = versions["bun"];
  const [major = 0, minor = 0] = (bun ?? "").split(".").map(Number);
  return {
    losesRings: bun !== undefined && major === 1 && minor < 4,
    ringsInside: bun !== undefined,
    isMainThread,
  };
}

/** The packages that have the addon, by platform, processor and C library. */
const PACKAGES: Readonly<Record<string, string>> = {
  "linux-x64-gnu": "@runar/native-linux-x64-gnu",
  "linux-x64-musl": "@runar/native-linux-x64-musl",
  "linux-arm64-gnu": "@runar/native-linux-arm64-gnu",
  "linux-arm64-musl": "@runar/native-linux-arm64-musl",
  "darwin-x64": "@runar/native-darwin-x64",
  "darwin-arm64": "@runar/native-darwin-arm64",
  "win32-x64": "@runar/native-win32-x64",
  "win32-arm64": "@runar/native-win32-arm64",
};

/** The addon for a machine. */
export async function addonOf(machine: Machine): Promise<AddonTransport> {
  const addon = loadAddon(machine);
  const threads = (await import("node:worker_threads" as string)) as { isMainThread: boolean };
  const quirks = quirksOf(program.versions, threads.isMainThread);
  return new AddonTransport(addon, async () => findBoot(machine), quirks);
}

/** @throws NotRunningError saying why there is none for this machine */
function loadAddon(machine: Machine): Addon {
  const bun = program.versions["bun"];
  if (bun?.startsWith("1.0.")) {
    throw new NotRunningError(`Bun ${bun} cannot carry a Java machine; Bun 1.1 can`);
  }
  const { platform, arch } = program;
  const target = platform === "linux" ? `linux-${arch}-${machine.libc()}` : `${platform}-${arch}`;
  const name = machine.env["RUNAR_ADDON"] || PACKAGES[target];
  if (name === undefined) {
    throw new NotRunningError(`there is no native addon for ${target}`);
  }
  let addon: Addon;
  try {
    addon = machine.load(name) as Addon;
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    throw new NotRunningError(
      code === "MODULE_NOT_FOUND"
        ? `the package ${name} is not installed`
        : code === "ERR_DLOPEN_DISABLED"
          ? "this program may not load addons: run it with --allow-addons"
          : `the addon ${name} does not load: ${message.split("\n")[0]}`,
    );
  }
  const version = addon.abiVersion();
  if (version !== ABI_VERSION) {
    throw new NotRunningError(
      `the addon ${name} is of version ${version}, and this runar-ts needs ${ABI_VERSION}: ` +
        "install the same version of both",
    );
  }
  return addon;
}
