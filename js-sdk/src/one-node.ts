import { NotRunningError } from "./errors.js";
import { host } from "./host.js";

/**
 * Which node of a program a `Node` object stands for: in Node.js and Bun another one can follow a
 * node that was stopped, and nothing that was made for the one may reach the other.
 */
export class OneNode {
  /** Undefined where there is only one. */
  readonly #number: number | undefined = host.nodeNumber?.();

  /** Why nothing can be asked of it any more; undefined: it is the node that there is. */
  get followed(): NotRunningError | undefined {
    return this.#number === undefined || this.#number === (host.nodeNumber?.() ?? this.#number)
      ? undefined
      : new NotRunningError(
          "this node has been stopped or has ended, and a later new Node() has begun another one: " +
            "ask that one",
        );
  }

  /** @throws NotRunningError if another one has followed */
  check(): void {
    const { followed } = this;
    if (followed !== undefined) {
      throw followed;
    }
  }
}
