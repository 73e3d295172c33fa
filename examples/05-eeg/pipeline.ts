import type { Node, ServiceDefinition } from "runar-ts";
import { bands, Counts, filter, source } from "./stages.ts";

/** The stages, which are services while the pipeline runs; their topics come and go with them. */
export class Pipeline {
  readonly #node: Node;
  #running: ServiceDefinition[] = [];
  #counts = new Counts();
  /** One start or stop after another. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(node: Node) {
    this.#node = node;
  }

  /** Starts it, the last stage first; does nothing while it runs. */
  start(): Promise<void> {
    return this.#next(async () => {
      if (this.#running.length > 0) return;
      this.#counts = new Counts();
      for (const stage of [
        bands(this.#node),
        filter(this.#node),
        source(this.#node, this.#counts),
      ]) {
        this.#running.unshift(stage);
        await this.#node.addService(stage);
      }
    });
  }

  /** Stops it, the first stage first; does nothing while it does not run. */
  stop(): Promise<void> {
    return this.#next(async () => {
      for (const stage of this.#running.splice(0)) await this.#node.removeService(stage.path);
    });
  }

  state() {
    const { packets, samples, dropped, skipped } = this.#counts;
    return { running: this.#running.length > 0, packets, samples, dropped, skipped };
  }

  #next(step: () => Promise<void>): Promise<void> {
    const done = this.#last.then(step);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
