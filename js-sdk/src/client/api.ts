/**
 * What a node offers its clients, so that their calls and events have types.
 *
 * @example
 * ```ts
 * interface Api {
 *   topics: { "chat/*": { text: string }; "math/result": number };
 *   actions: { "math/add": (input: { a: number; b: number }) => number };
 * }
 * const client = connect<Api>("ws://127.0.0.1:3000/topics");
 * ```
 */
export interface AnyApi {
  /** By topic or pattern: the data of its events. */
  readonly topics: Readonly<Record<string, unknown>>;
  /** By path: what the action takes, and what it answers. */
  readonly actions: Readonly<Record<string, (input?: unknown) => unknown>>;
}

type TopicsOf<Api> = Api extends { readonly topics: infer Topics } ? Topics : AnyApi["topics"];
type ActionsOf<Api> = Api extends { readonly actions: infer Actions } ? Actions : AnyApi["actions"];

/** Every text that a pattern matches, and some more: `*` and `{name}` stand for any text here. */
type Matching<Pattern extends string> = Pattern extends `${infer Head}{${string}}${infer Rest}`
  ? `${Head}${string}${Matching<Rest>}`
  : Pattern extends `${infer Head}*${infer Rest}`
    ? `${Head}${string}${Matching<Rest>}`
    : Pattern extends `${infer Head}>`
      ? `${Head}${string}`
      : Pattern;

/** What a client may subscribe to. */
export type TopicOf<Api> = keyof TopicsOf<Api> extends infer Key
  ? Key extends string
    ? Key | Matching<Key>
    : never
  : never;

/** The data of the events of a topic or pattern. */
export type DataOf<Api, Topic extends string> = Topic extends keyof TopicsOf<Api>
  ? TopicsOf<Api>[Topic]
  : {
      [Key in keyof TopicsOf<Api>]: Key extends string
        ? Topic extends Matching<Key>
          ? TopicsOf<Api>[Key]
          : never
        : never;
    }[keyof TopicsOf<Api>];

/** What a client may call. */
export type ActionOf<Api> = keyof ActionsOf<Api> & string;

/** What an action takes; undefined: nothing. */
export type InputOf<Api, Path extends ActionOf<Api>> = ActionsOf<Api>[Path] extends (
  ...given: infer Given
) => unknown
  ? Given extends readonly []
    ? undefined
    : Given[0 & keyof Given]
  : undefined;

/** What an action answers. */
export type ResultOf<Api, Path extends ActionOf<Api>> = ActionsOf<Api>[Path] extends (
  ...input: never
) => infer Result
  ? Awaited<Result>
  : unknown;
