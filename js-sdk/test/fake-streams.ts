import type { HostCall, HostExchange } from "../src/host.js";
import { FakePipe } from "./fake-pipe.js";

/** The streams of one request: what it answers with, and what it is sent. */
export interface Pipes {
  readonly output: FakePipe | null;
  readonly input: FakePipe | null;
}

/** The streams of a fake host, by their requests. */
export class FakeStreams {
  /** What the last stream answered with. */
  last: FakePipe | undefined;
  readonly #pipes = new Map<HostCall, Pipes>();

  /** @param readAhead null: the answer is no stream */
  pipes(readAhead: number | null, sends: boolean): Pipes {
    const output = readAhead === null ? null : new FakePipe(readAhead);
    this.last = output ?? this.last;
    return { output, input: sends ? new FakePipe(64) : null };
  }

  belong(call: HostCall, pipes: Pipes): void {
    this.#pipes.set(call, pipes);
  }

  of(call: HostCall): Pipes | undefined {
    return this.#pipes.get(call);
  }
}

/** The caller's ends. */
export function exchange(cancel: () => void, { output, input }: Pipes): HostExchange {
  return {
    cancel,
    inlet: () => output?.inlet ?? null,
    outlet: () => input?.outlet ?? null,
  };
}
