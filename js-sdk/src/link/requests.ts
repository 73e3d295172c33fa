import { CancelledError, type RunarError } from "../errors.js";
import type { Asking, HostExchange, Kind } from "../host.js";
import { parse, stringify } from "../primordials.js";
import { askText } from "./asking.js";
import type { Frame } from "./codec.js";
import { FLAG, FRAME } from "./frames.js";
import type { Joined } from "./joined.js";
import { encodedOf, payloadOf } from "./payload.js";
import { queueMicrotask } from "./program.js";
import { failureOf, LinkInlet, LinkOutlet, READ_AHEAD } from "./streams.js";

/** Makes a request of a node: see {@link Host.request}. What is wrong at once is told later, too. */
export function request(
  node: () => Joined,
  path: string,
  kind: Kind,
  data: unknown,
  optionsJson: string | null,
  asking: Asking,
  answered: (kind: Kind, data: unknown) => void,
  failed: (error: Error) => void,
): HostExchange {
  let id = -1;
  let outlet: LinkOutlet | null = null;
  const fail = (error: Error): void => queueMicrotask(() => failed(error));
  let cancel = (): void => {};
  try {
    const joined = node();
    const { link, callbacks } = joined;
    id = link.ask(
      {
        kind: FRAME.REQUEST,
        head: askText({ path, optionsJson, asking }),
        payload: payloadOf(kind, data),
      },
      {
        answered: (answer) => {
          callbacks.streams.over(id, undefined);
          tellMeta(joined, asking, answer);
          answered(...encodedOf(answer));
        },
        failed: (error, answer) => {
          callbacks.streams.over(id, undefined);
          tellMeta(joined, asking, answer);
          failed(error);
        },
      },
    );
    cancel = () => {
      if (link.cancel(id)) {
        callbacks.streams.over(id, undefined);
        fail(new CancelledError("the request was cancelled"));
      }
    };
    if (asking.sends) {
      outlet = new LinkOutlet(link, id, FLAG.INPUT);
      callbacks.streams.writes(id, FLAG.INPUT, outlet);
    }
  } catch (error) {
    fail(error as Error);
  }
  return { cancel: () => cancel(), inlet: () => null, outlet: () => outlet };
}

/** Makes a request whose answer is a stream: see {@link Host.stream}. */
export function stream(
  joined: Joined,
  path: string,
  kind: Kind,
  data: unknown,
  optionsJson: string | null,
  asking: Asking,
): HostExchange {
  const { link, callbacks } = joined;
  const { streams } = callbacks;
  const over = (failure: RunarError | undefined, answer: Frame | undefined): void => {
    tellMeta(joined, asking, answer);
    streams.over(id, failure);
  };
  const id = link.ask(
    {
      kind: FRAME.STREAM,
      head: askText({ path, optionsJson, asking }),
      payload: payloadOf(kind, data),
    },
    {
      answered: (answer) => over(answer.kind === FRAME.END ? failureOf(answer) : undefined, answer),
      failed: over,
    },
  );
  const inlet = new LinkInlet(link, id, 0, readAheadOf(optionsJson));
  inlet.onCancel = () => {
    link.forget(id);
    streams.over(id, undefined);
  };
  streams.reads(id, 0, inlet);
  let outlet: LinkOutlet | null = null;
  if (asking.sends) {
    outlet = new LinkOutlet(link, id, FLAG.INPUT);
    streams.writes(id, FLAG.INPUT, outlet);
  }
  return { cancel: () => inlet.cancel(), inlet: () => inlet, outlet: () => outlet };
}

/** What it throws is for the log: the answer itself is there. */
function tellMeta(joined: Joined, { onMeta }: Asking, answer: Frame | undefined): void {
  if (onMeta !== null && answer?.hasHead === true) {
    const { meta } = parse(answer.head) as { readonly meta?: object };
    if (meta !== undefined) {
      try {
        onMeta(stringify(meta));
      } catch (error) {
        joined.lines.add("error", "script", `onMeta failed: ${(error as Error)?.stack ?? error}`);
      }
    }
  }
}

function readAheadOf(optionsJson: string | null): number {
  const options = optionsJson === null ? {} : (parse(optionsJson) as { readAhead?: number });
  return options.readAhead ?? READ_AHEAD;
}
