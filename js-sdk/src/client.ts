import type { Context } from "./context.js";
import type { RequestOptions, StreamOptions } from "./options.js";
import { parametersOf } from "./parameters.js";
import type { ServiceDefinition } from "./service.js";
import { suggestion } from "./suggestion.js";

/** Which of the services at a path a client talks to. */
export interface ClientOptions {
  /** A version or a range of versions, such as `2` or `^2.1`. Default: whatever is there. */
  readonly version?: string;
}

/**
 * The actions of a service as functions: what {@link Node.client} returns. An {@link action} takes
 * its input and the options of the request; a plain function takes its own parameters without the
 * context, and the options behind them. Results come as promises, streams as `AsyncIterable`.
 *
 * @example
 * ```ts
 * const math = node.client(mathService);
 * await math.add(5, 3); // (a: number, b: number, ctx: Context) => number
 * await math.area({ width: 2, height: 3 }, { timeout: 100 }); // action({ … })
 * ```
 */
export type Client<S extends ServiceDefinition> = string extends keyof ActionsOf<S>
  ? Readonly<Record<string, UntypedMethod>>
  : {
      readonly [Name in keyof ActionsOf<S> as Callable<Name>]: ClientMethod<ActionsOf<S>[Name]>;
    };

/** One action as a function; see {@link Client}. */
export type ClientMethod<Action> = Action extends {
  readonly kind: "stream";
  readonly handler: (input: infer Input, ...rest: never[]) => infer Result;
}
  ? WholeInput<Input, AsyncIterable<ItemOf<Awaited<Result>>>, StreamOptions>
  : ClientMethodOfOne<Action>;

type ItemOf<Items> = Items extends AsyncIterable<infer Item> | Iterable<infer Item> ? Item : never;

type ClientMethodOfOne<Action> = Action extends {
  readonly handler: (input: infer Input, ...rest: never[]) => infer Result;
}
  ? WholeInput<Input, Result>
  : Action extends (...parameters: infer Parameters) => infer Result
    ? (...given: [...DataOf<Parameters>, options?: OptionsFor<Result>]) => Answer<Result>
    : never;

type UntypedMethod = (...given: readonly unknown[]) => Promise<unknown>;

type ActionsOf<S> = S extends { readonly actions: infer Actions }
  ? Actions
  : ServiceDefinition extends S
    ? Readonly<Record<string, unknown>>
    : object;

/** `then` would make a promise of the client; a template needs its values, so a path. */
type Callable<Name> = Name extends "then" | `${string}{${string}` | `${string}*${string}`
  ? never
  : Name;

type WholeInput<Input, Result, Options = RequestOptions> = [Input] extends [never]
  ? (input?: undefined, options?: Options) => Answer<Result>
  : undefined extends Input
    ? (input?: Input, options?: Options) => Answer<Result>
    : (input: Input, options?: Options) => Answer<Result>;

type OptionsFor<Result> =
  IsAny<Result> extends true
    ? RequestOptions
    : [Result] extends [never]
      ? RequestOptions
      : [Result] extends [AsyncIterable<unknown>]
        ? StreamOptions
        : RequestOptions;

/** What comes before the context. */
type DataOf<Parameters extends readonly unknown[]> = number extends Parameters["length"]
  ? Parameters
  : Parameters extends readonly [...infer Data, infer Last]
    ? IsContext<Last> extends true
      ? Data
      : Parameters
    : Required<Parameters> extends readonly [...infer Data, infer Last]
      ? IsContext<Last> extends true
        ? FirstOf<Parameters, Data>
        : Parameters
      : Parameters;

/** As many of the parameters as there are in `Wanted`, as optional as they are. */
type FirstOf<
  Parameters extends readonly unknown[],
  Wanted extends readonly unknown[],
> = Wanted extends readonly [unknown, ...infer More]
  ? Parameters extends readonly [infer One, ...infer Rest]
    ? [One, ...FirstOf<Rest, More>]
    : Parameters extends readonly [(infer One)?, ...infer Rest]
      ? [One?, ...FirstOf<Rest, More>]
      : []
  : [];

type IsContext<T> = IsAny<T> extends true ? false : [T] extends [Context] ? true : false;

type IsAny<T> = 0 extends 1 & T ? true : false;

type Answer<Result> =
  IsAny<Result> extends true
    ? Promise<Result>
    : [Result] extends [never]
      ? Promise<never>
      : [Result] extends [AsyncIterable<infer Item>]
        ? AsyncIterable<Item>
        : Promise<Awaited<Result>>;

/** What a client asks: a node or the context of a handler. */
export interface Requester {
  request(path: string, payload?: unknown, options?: RequestOptions): Promise<unknown>;
  stream?(path: string, payload?: unknown, options?: StreamOptions): AsyncIterable<unknown>;
}

/** How one action takes its arguments. */
interface Shape {
  /** Null: the input as a whole. */
  readonly names: readonly string[] | null;
  readonly isStream: boolean;
}

type Method = (...given: unknown[]) => unknown;

/** Names that consoles, promises and test runners look for on any object. */
const PROBED: ReadonlySet<string> = new Set([
  "then",
  "catch",
  "finally",
  "toJSON",
  "constructor",
  "toString",
  "valueOf",
  "inspect",
  "nodeType",
  "tagName",
  "asymmetricMatch",
]);

/**
 * A client of a service that is there as its definition, or only as its path.
 *
 * @throws TypeError for what is neither
 */
export function clientOf(
  requester: Requester,
  service: ServiceDefinition | string,
  options: ClientOptions = {},
): object {
  if (typeof service === "string") {
    return clientByPath(requester, addressed(service, options));
  }
  if (typeof service !== "object" || service === null || typeof service.path !== "string") {
    throw new TypeError("a client is of a service definition or of a service's path");
  }
  const network = service.networkId === undefined ? "" : `${service.networkId}:`;
  const address = addressed(`${network}${service.path}`, options);
  const methods: Record<string, Method> = Object.create(unknownActions(service)) as never;
  for (const [name, action] of Object.entries(service.actions ?? {})) {
    if (isCallable(name)) {
      const shape = shapeOf(action, `action ${service.path}/${name}`);
      Object.defineProperty(methods, name, {
        value: (...given: unknown[]) => call(requester, `${address}/${name}`, shape, given),
        enumerable: true,
      });
    }
  }
  return Object.freeze(methods);
}

function addressed(path: string, options: ClientOptions): string {
  const unknown = Object.keys(options).find((key) => key !== "version");
  if (unknown !== undefined) {
    throw new TypeError(`client has no option ${unknown}; it has version`);
  }
  return options.version === undefined ? path : `${path}@${options.version}`;
}

function isCallable(name: string): boolean {
  return name !== "then" && !name.includes("{") && !name.includes("*");
}

/** Stands behind the methods of a client: who asks for another one is told what there is. */
function unknownActions(service: ServiceDefinition): object {
  const names = Object.keys(service.actions ?? {});
  return new Proxy(Object.freeze(Object.create(null) as object), {
    get(_, name) {
      if (isProbe(name)) {
        return undefined;
      }
      const guess = suggestion(name, names.filter(isCallable));
      const pattern = names.includes(name) ? "; call it by path, with node.request" : "";
      throw new TypeError(
        `service ${service.path} has no action ${name} that a client can call${pattern}; it has ${names.join(", ") || "none"}${guess}`,
      );
    },
  });
}

function isProbe(name: string | symbol): name is symbol {
  return typeof name === "symbol" || PROBED.has(name) || /^[@$_]/.test(name);
}

/** Whatever may stand below `actions`. */
type AnyAction = NonNullable<ServiceDefinition["actions"]>[string];

function shapeOf(action: AnyAction, what: string): Shape {
  const handler = typeof action === "function" ? action : action.handler;
  const isStream =
    (action as { readonly kind?: string }).kind === "stream" || isAsyncGenerator(handler);
  if (typeof action === "object") {
    return { names: null, isStream };
  }
  return { names: parametersOf(action, what).names, isStream };
}

const AsyncGeneratorFunction: unknown = Object.getPrototypeOf(async function* () {});

function isAsyncGenerator(handler: unknown): boolean {
  return Object.getPrototypeOf(handler) === AsyncGeneratorFunction;
}

/** Parameters go by name: one that is left out stays undefined, in the middle too. */
function call(requester: Requester, path: string, shape: Shape, given: unknown[]): unknown {
  const { names } = shape;
  const count = names?.length ?? 1;
  if (given.length > count + 1) {
    const taken = names === null ? "its input" : names.length === 0 ? "nothing" : names.join(", ");
    throw new TypeError(`${path} takes ${taken}, and options; it was given ${given.length} values`);
  }
  const payload = names === null ? given[0] : names.length === 0 ? undefined : byName(names, given);
  const options = given[count] as RequestOptions | undefined;
  return shape.isStream
    ? streamOf(requester, path, payload, options)
    : requester.request(path, payload, options);
}

function byName(names: readonly string[], given: readonly unknown[]): object {
  const payload: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  names.forEach((name, index) => {
    payload[name] = given[index];
  });
  return payload;
}

function streamOf(
  requester: Requester,
  path: string,
  payload: unknown,
  options: RequestOptions | undefined,
): AsyncIterable<unknown> {
  if (requester.stream === undefined) {
    throw new TypeError(`${path} is a stream, which this node does not offer`);
  }
  return requester.stream(path, payload, options);
}

/** Any name may be an action's; the node knows how each takes its arguments. */
function clientByPath(requester: Requester, address: string): object {
  let known: Promise<ReadonlyMap<string, Shape>> | undefined;
  const shapes = (): Promise<ReadonlyMap<string, Shape>> => {
    known ??= shapesAt(requester, address).catch(() => {
      known = undefined; // the service may come later; the request itself says what is wrong
      return new Map();
    });
    return known;
  };
  const methods = new Map<string, Method>(); // as many as the program spells
  return new Proxy(Object.freeze(Object.create(null) as object), {
    get(_, name) {
      if (isProbe(name)) {
        return undefined;
      }
      const made: Method =
        methods.get(name) ??
        ((...given) =>
          answer(requester, `${address}/${name}`, given, {
            shape: async () => (await shapes()).get(name) ?? WHOLE,
            failed: () => {
              known = undefined; // its parameters may be others since the script was loaded anew
            },
          }));
      methods.set(name, made);
      return made;
    },
  });
}

const WHOLE: Shape = { names: null, isStream: false };

/** A promise of the result that is an `AsyncIterable` too: only the node knows which it is. */
function answer(
  requester: Requester,
  path: string,
  given: unknown[],
  { shape, failed }: { readonly shape: () => Promise<Shape>; readonly failed: () => void },
): Promise<unknown> & AsyncIterable<unknown> {
  const known = shape();
  const result = known.then(async (it) => {
    if (it.isStream) {
      result.catch(() => undefined); // fails whoever awaits it, and nobody else
      throw new TypeError(`${path} is a stream; read it with for await`);
    }
    try {
      return await call(requester, path, it, given);
    } catch (error) {
      failed();
      throw error;
    }
  });
  const items = async function* (): AsyncGenerator<unknown> {
    const it = await known;
    if (!it.isStream) {
      throw new TypeError(`${path} is no stream; await its result`);
    }
    yield* call(requester, path, it, given) as AsyncIterable<unknown>;
  };
  return Object.defineProperty(result, Symbol.asyncIterator, { value: items }) as never;
}

async function shapesAt(
  requester: Requester,
  address: string,
): Promise<ReadonlyMap<string, Shape>> {
  const service = (await requester.request(`$registry/services/${address}`)) as {
    readonly actions: readonly {
      readonly name: string;
      readonly params: readonly string[] | null;
      readonly stream?: boolean;
    }[];
  };
  return new Map(
    service.actions.map(({ name, params, stream }) => [
      name,
      { names: params, isStream: stream === true },
    ]),
  );
}
