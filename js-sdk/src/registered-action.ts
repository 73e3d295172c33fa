import { mustBeHandler } from "./calls.js";
import { errorOfJson } from "./codec.js";
import { actionOptions, checkAction } from "./definition-action.js";
import { ValidationError } from "./errors.js";
import type { Answer } from "./hooks.js";
import type { ActionCallback } from "./host.js";
import type { ActionRun } from "./middleware.js";
import { parametersOf } from "./parameters.js";
import { apply, dictionary } from "./primordials.js";
import { ActionScope, RequestScope } from "./request-scope.js";
import { isStandard, validated } from "./schema.js";
import type { Scope } from "./scopes.js";
import type { ActionDefinition, ActionFunction, StreamDefinition } from "./service.js";
import { isAsyncGenerator, mustAnswerOnce, streaming } from "./stream-action.js";

type Definition = ActionDefinition<never, unknown> | StreamDefinition<never, unknown>;

/** What the node learns of one action, its options beside. */
export interface ActionMetadata {
  readonly name: string;
  readonly description?: string;
  readonly params: readonly string[] | null;
  readonly fallback?: true;
  readonly stream?: true;
}

/** Also one that has no handler, which is then said. */
function isDefinition(given: unknown): given is Definition {
  return typeof given === "object" && given !== null;
}

/** An action in the host's terms. */
export interface RegisteredAction {
  readonly metadata: Omit<ActionMetadata, "name">;
  readonly callback: ActionCallback;
  /** Answers when the callback has failed. */
  readonly fallback?: ActionCallback;
}

/**
 * Checks an action and wraps its handler for the host.
 *
 * @param self what `this` is in a handler that is a function
 * @throws ValidationError naming what is wrong and where
 */
export function registeredAction(
  given: Definition | ActionFunction,
  self: unknown,
  scope: Scope,
  names: { readonly what: string; readonly where: string },
  hooked: (answer: Answer) => Answer,
): RegisteredAction {
  return isDefinition(given)
    ? definedAction(given, scope, names, hooked)
    : plainAction(given, self, scope, names.what, hooked);
}

/** Positional: the host maps the input to the names; the context comes behind them. */
function plainAction(
  handler: ActionFunction,
  self: unknown,
  scope: Scope,
  what: string,
  hooked: (answer: Answer) => Answer,
): RegisteredAction {
  mustBeHandler(handler, what);
  const { names } = parametersOf(handler, what);
  const count = names === null ? 1 : names.length;
  const answer: Answer = (input, ctx) =>
    apply(handler, self, [...positions(names, input, what), ctx] as never[]);
  const withHooks = hooked(answer);
  const run =
    withHooks !== answer || scope.pipeline.hasAction ? around(withHooks, scope) : undefined;
  const callback: ActionCallback = (call, ...args) => {
    if (run !== undefined) {
      return run(names === null ? args[0] : byName(names, args), call);
    }
    args.length = count; // the context has a fixed place, whatever was passed
    args[count] = new RequestScope(scope, call);
    return apply(handler, self, args as never[]);
  };
  return isAsyncGenerator(handler)
    ? {
        metadata: { description: "", params: names, stream: true },
        callback: streaming(callback, what),
      }
    : { metadata: { description: "", params: names }, callback };
}

/** The answer with the script's middleware around it. */
function around(answer: Answer, scope: Scope): ActionRun {
  return scope.pipeline.action(
    (input, call) => answer(input, new RequestScope(scope, call)),
    (call, input) => new ActionScope(scope, call, input),
  );
}

/** The input of a positional action as hooks and middleware see it. */
function byName(names: readonly string[], args: readonly unknown[]): Record<string, unknown> {
  const input = dictionary<unknown>();
  for (let i = 0; i < names.length; i++) {
    if (args[i] !== undefined) {
      input[names[i] as string] = args[i];
    }
  }
  return input;
}

function positions(names: readonly string[] | null, input: unknown, what: string): unknown[] {
  if (names === null) {
    return [input];
  }
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new ValidationError(
      `${what} takes (${names.join(", ")}): a hook or middleware must give it an object with these`,
    );
  }
  return names.map((name) => (Object.hasOwn(input, name) ? input[name as never] : undefined));
}

/** The input as a whole, checked by validators that run in the script. */
function definedAction(
  definition: Definition,
  scope: Scope,
  { what, where }: { readonly what: string; readonly where: string },
  hooked: (answer: Answer) => Answer,
): RegisteredAction {
  checkAction(definition, { where, path: "" });
  const { input, output, handler } = definition;
  const isStream = definition.kind === "stream";
  const fallback = isStream ? undefined : definition.fallback;
  if (!isStream) {
    mustAnswerOnce(handler, `the handler of ${what}`);
  }
  const answer = hooked((value, ctx) => apply(handler, definition, [value as never, ctx]));
  const checksInput = isStandard(input);
  const checksOutput = isStandard(output);
  const checked: Answer = checksInput
    ? async (value, ctx) =>
        answer(
          await validated(input, value, "INVALID_INPUT", `the input of ${what} does not fit`),
          ctx,
        )
    : answer;
  return {
    metadata: {
      ...actionOptions(definition),
      params: null,
      ...(isStream ? { stream: true } : {}),
      ...(fallback === undefined ? {} : { fallback: true }),
    },
    ...(fallback === undefined
      ? {}
      : {
          fallback: (call, value) =>
            apply(fallback, definition, [
              value as never,
              errorOfJson(call.failureJson()),
              new RequestScope(scope, call),
            ]),
        }),
    callback: isStream
      ? streaming(
          swapped(around(checked, scope)),
          what,
          checksOutput
            ? (item, index) =>
                validated(output, item, "HANDLER_FAILED", `item ${index} of ${what} does not fit`, {
                  index,
                })
            : undefined,
        )
      : swapped(
          around(
            checksOutput
              ? async (value, ctx) =>
                  validated(
                    output,
                    await checked(value, ctx),
                    "HANDLER_FAILED",
                    `the result of ${what} does not fit`,
                  )
              : checked,
            scope,
          ),
        ),
  };
}

function swapped(run: ActionRun): ActionCallback {
  return (call, value) => run(value, call);
}
