import { mustBeHandler } from "./calls.js";
import type { Context } from "./context.js";
import { ValidationError } from "./errors.js";
import { apply } from "./primordials.js";
import { suggestion } from "./suggestion.js";

/** One or several functions by the name of an action; under `*` for every action. */
export type ActionHooks<Hook> = Readonly<Record<string, Hook | readonly Hook[]>>;

/**
 * Functions around the actions of a service. Hooks under `*` are outside those of one action: they
 * run first before it, and last after it.
 *
 * @example
 * ```ts
 * hooks: {
 *   before: { "*": (ctx) => { if (ctx.identity === undefined) ctx.fail("PERMISSION_DENIED", "sign in"); } },
 *   after: { list: (ctx, rows: Row[]) => rows.slice(0, 100) },
 *   error: { list: (ctx, error) => [] },
 * }
 * ```
 */
export interface ServiceHooks {
  /** Before the handler. What it returns, unless undefined, is the input from then on. */
  readonly before?: ActionHooks<(ctx: Context, input: never) => unknown>;
  /** When the handler has answered. What it returns, unless undefined, is the result. */
  readonly after?: ActionHooks<(ctx: Context, result: never) => unknown>;
  /**
   * When the handler or a hook has thrown. What it returns, unless undefined, is the answer; what
   * it throws is the error from then on.
   */
  readonly error?: ActionHooks<(ctx: Context, error: never) => unknown>;
}

type Hook = (ctx: Context, value: unknown) => unknown;

/** What answers an action, given its input as a whole. */
export type Answer<C extends Context = Context> = (input: unknown, ctx: C) => unknown;

const MOMENTS = ["before", "after", "error"] as const;

/** The hooks of a service, checked. */
export class Hooks {
  readonly #self: unknown;
  readonly #hooks: ServiceHooks;

  /** @throws ValidationError naming what is wrong and where */
  constructor(hooks: ServiceHooks | undefined, actions: readonly string[], self: { path: string }) {
    this.#self = self;
    this.#hooks = hooks ?? {};
    check(this.#hooks, actions, `service ${self.path}: hooks`);
  }

  /** The answer with the action's hooks around it; the answer itself if there are none. */
  around(action: string, answer: Answer): Answer {
    const before = [...listed(this.#hooks.before?.["*"]), ...own(this.#hooks.before, action)];
    const after = [...own(this.#hooks.after, action), ...listed(this.#hooks.after?.["*"])];
    const error = [...own(this.#hooks.error, action), ...listed(this.#hooks.error?.["*"])];
    if (before.length + after.length + error.length === 0) {
      return answer;
    }
    const run = async (input: unknown, ctx: Context): Promise<unknown> => {
      const taken = await this.#through(before, ctx, input);
      return await this.#through(after, ctx, await answer(taken, ctx));
    };
    return error.length === 0
      ? run
      : async (input, ctx) => {
          try {
            return await run(input, ctx);
          } catch (thrown) {
            return await this.#failed(error, ctx, thrown);
          }
        };
  }

  async #through(hooks: readonly Hook[], ctx: Context, value: unknown): Promise<unknown> {
    let current = value;
    for (const hook of hooks) {
      const returned = await apply(hook, this.#self, [ctx, current]);
      current = returned === undefined ? current : returned;
    }
    return current;
  }

  /** The first hook that answers has the last word. */
  async #failed(hooks: readonly Hook[], ctx: Context, thrown: unknown): Promise<unknown> {
    let current = thrown;
    for (const hook of hooks) {
      try {
        const answer = await apply(hook, this.#self, [ctx, current]);
        if (answer !== undefined) {
          return answer;
        }
      } catch (other) {
        current = other;
      }
    }
    throw current;
  }
}

function own(hooks: ActionHooks<unknown> | undefined, action: string): readonly Hook[] {
  return hooks !== undefined && Object.hasOwn(hooks, action) ? listed(hooks[action]) : [];
}

function listed(hooks: unknown): readonly Hook[] {
  return hooks === undefined ? [] : ((Array.isArray(hooks) ? hooks : [hooks]) as Hook[]);
}

function check(hooks: unknown, actions: readonly string[], where: string): void {
  if (typeof hooks !== "object" || hooks === null) {
    throw new ValidationError(`${where} is not an object: { before, after, error }`);
  }
  for (const [moment, byAction] of Object.entries(hooks)) {
    if (!(MOMENTS as readonly string[]).includes(moment)) {
      throw new ValidationError(
        `${where} has an unknown key ${moment}; it may have ${MOMENTS.join(", ")}${suggestion(moment, MOMENTS)}`,
      );
    }
    if (byAction === undefined) {
      continue;
    }
    if (typeof byAction !== "object" || byAction === null) {
      throw new ValidationError(`${where}.${moment} is not an object of functions by action`);
    }
    for (const [action, given] of Object.entries(byAction as object)) {
      if (action !== "*" && !actions.includes(action)) {
        throw new ValidationError(
          `${where}.${moment}.${action}: the service has no action ${action}${suggestion(action, actions)}`,
        );
      }
      for (const hook of listed(given)) {
        mustBeHandler(hook, `${where}.${moment}.${action}`);
      }
    }
  }
}
