import type { HostHandlers, HostLifecycle, LogLevel } from "../host.js";
import { crossed } from "./crossing.js";
import type { Entry } from "./registry.js";

/** What a script is asked in its life. */
export type Step = "init" | "start" | "stop" | "pause" | "resume" | "health" | "save" | "restore";

/** What runs the steps. */
export interface LifeGround {
  /** Queues a callback that is always taken. */
  post(receiver: string, what: string, run: () => void): void;
  /** Runs code of a service on its behalf. */
  enter(entry: Entry, task: string, run: () => unknown): unknown;
  log(level: LogLevel, logger: string, message: string): void;
}

/**
 * Runs a step of a service's life in a turn of its own; without a hook for it nothing happens.
 *
 * @param handlers of the script that is meant
 * @param given what `restore` gets
 */
export function lives(
  ground: LifeGround,
  entry: Entry,
  step: Step,
  handlers: HostHandlers = entry.handlers,
  given?: unknown,
): Promise<unknown> {
  const hook = handlers[step] as ((given: unknown) => unknown) | undefined;
  if (hook === undefined) {
    return Promise.resolve();
  }
  const { path } = entry.definition;
  const life: HostLifecycle = { servicePath: () => path };
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(crossed(error));
    ground.post(entry.id, `${step} of ${path}`, () => {
      try {
        const done = ground.enter(entry, step, () => hook(step === "restore" ? given : life));
        Promise.resolve(done).then(resolve, fail);
      } catch (error) {
        fail(error);
      }
    });
  });
}

/** The stop of a service failed, which ends it all the same. */
export function didNotStop(ground: LifeGround, { definition }: Entry, error: unknown): void {
  ground.log("warn", "node", `service did not stop cleanly path=${definition.path} ${error}`);
}
