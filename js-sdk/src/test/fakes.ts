import type { Context } from "../context.js";
import { argumentsOf } from "../mapping.js";
import { parametersOf } from "../parameters.js";
import {
  type ActionDefinition,
  type ActionFunction,
  action,
  type ServiceDefinition,
} from "../service.js";
import type { Random } from "./random.js";
import { example } from "./schema-example.js";

/** What a faked action answers: always the same, or what a function makes of its input. */
export type FakeAnswer = unknown;

/**
 * The answers of a faked service by action. Of a definition, a function takes what the action
 * takes, and a value must be what the action returns.
 */
export type FakesOf<S extends ServiceDefinition> = S extends { readonly actions: infer Actions }
  ? { readonly [Name in keyof Actions]?: FakeOf<Actions[Name]> }
  : Readonly<Record<string, FakeAnswer>>;

type FakeOf<Action> = Action extends {
  readonly handler: (input: infer Input, ...rest: never[]) => infer Result;
}
  ? Awaited<Result> | ((input: Input, ctx: Context) => Result | Awaited<Result>)
  : Action extends (...parameters: infer Parameters) => infer Result
    ? Awaited<Result> | ((...parameters: Parameters) => Result | Awaited<Result>)
    : never;

/** A service that is known by its path only, and has the actions that answers are given for. */
export function fakeAt(
  path: string,
  answers: Readonly<Record<string, FakeAnswer>>,
): ServiceDefinition {
  const actions = Object.entries(answers).map(([name, answer]) => [
    name,
    typeof answer === "function" ? (answer as ActionFunction) : constant(answer),
  ]);
  return { name: `fake of ${path}`, path, actions: Object.fromEntries(actions) };
}

/**
 * A service with the actions of another one. Input is checked by the schemas of that one; what no
 * answer is given for is made from the JSON Schema of its output.
 *
 * @throws TypeError for an answer of an action that the other one does not have
 */
export function fakeOf(
  service: ServiceDefinition,
  answers: Readonly<Record<string, FakeAnswer>>,
  random: Random,
): ServiceDefinition {
  const known = Object.keys(service.actions ?? {});
  const unknown = Object.keys(answers).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(
      `service ${service.path} has no action ${unknown} to fake; it has ${known.join(", ")}`,
    );
  }
  const actions = Object.entries(service.actions ?? {}).map(([name, real]) => [
    name,
    faked(`${service.path}/${name}`, real, Object.hasOwn(answers, name), answers[name], random),
  ]);
  const { name, path, version, networkId } = service;
  return {
    name: `fake of ${name}`,
    path,
    ...(version === undefined ? {} : { version }),
    ...(networkId === undefined ? {} : { networkId }),
    actions: Object.fromEntries(actions),
  };
}

/** Whatever may stand below `actions`. */
type AnyAction = NonNullable<ServiceDefinition["actions"]>[string];

function faked(
  path: string,
  real: AnyAction,
  isGiven: boolean,
  answer: FakeAnswer,
  random: Random,
): AnyAction {
  if (typeof real === "function") {
    return isGiven ? positional(path, real, answer) : constant(noResult(path));
  }
  const handler = isGiven
    ? typeof answer === "function"
      ? (answer as (input: never, ctx: Context) => unknown)
      : () => answer
    : fromSchema(path, real.output, random);
  return { ...real, handler } as AnyAction;
}

/** The answer of a function that takes parameters; the names are those of the real one. */
function positional(
  path: string,
  real: ActionFunction,
  answer: FakeAnswer,
): ActionFunction | ActionDefinition<never, unknown> {
  const { names } = parametersOf(real, `action ${path}`);
  const run = typeof answer === "function" ? (answer as ActionFunction) : () => answer;
  return action({
    handler: (input: unknown, ctx: Context) => {
      const values = names === null ? [input] : argumentsOf(() => path, names, input);
      return run(...([...values, ctx] as never[]));
    },
  }) as ActionDefinition<never, unknown>;
}

function constant(answer: unknown): ActionDefinition<never, unknown> {
  return action({
    handler: () => {
      if (answer instanceof NoResult) {
        throw answer;
      }
      return answer;
    },
  }) as ActionDefinition<never, unknown>;
}

function fromSchema(path: string, output: object | undefined, random: Random): () => unknown {
  if (output === undefined || "~standard" in output) {
    return () => {
      throw noResult(path);
    };
  }
  return () => example(output, random.between(0, 0x7fff_ffff));
}

class NoResult extends TypeError {}

function noResult(path: string): NoResult {
  return new NoResult(
    `the fake of ${path} has no result: give one to node.fake, or give the action a JSON Schema as output`,
  );
}
