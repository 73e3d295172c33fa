import { NotFoundError, ValidationError } from "../errors.js";
import type { ActionCallback, HostCall, HostHandlers } from "../host.js";
import { ownService } from "./own-service.js";
import type { RegisteredService } from "./registry.js";

/** What `node.broker.offline` asks for. */
interface Asked {
  readonly group: string;
  readonly user: string;
  readonly client: string;
  readonly except?: string | null;
  readonly data?: unknown;
  readonly id: number;
  readonly after?: number;
  readonly limit?: number;
}

interface Waiting {
  readonly id: number;
  readonly data: unknown;
  readonly offeredAt: number;
  given: number;
  rejected: number;
}

interface Queue {
  readonly user: string;
  readonly client: string;
  readonly waiting: Map<number, Waiting>;
}

const USUAL_LIMIT = 100;
const MAX_LIMIT = 1_000;
const MAX_CHARACTERS = 200;

/** After so many refusals a message is a dead letter; it has no topic here. */
const DELIVERIES = 5;

/** The service `$offline` of a node whose queues are in memory, with the usual `offline.deliveries`. */
export function offlineService(now: () => number): [RegisteredService, HostHandlers] {
  const groups = new Map<string, Map<string, Queue>>();
  let lastId = 0;

  const group = (asked: Asked): Map<string, Queue> => groups.get(asked.group) ?? new Map();
  const find = (asked: Asked): Queue | undefined => group(asked).get(key(asked));
  const joined = (asked: Asked): Queue => {
    const queue = find(asked);
    if (queue === undefined) {
      const { client, group } = asked;
      throw new NotFoundError(`the client ${client} has not joined the group ${group}`);
    }
    return queue;
  };
  const put = (queues: readonly Queue[], data: unknown): number => {
    lastId++;
    for (const queue of queues) {
      const waiting = { id: lastId, data, offeredAt: now(), given: 0, rejected: 0 };
      queue.waiting.set(lastId, waiting);
    }
    return lastId;
  };
  const actions: Record<string, (asked: Asked) => unknown> = {
    join: (asked) => {
      const queues = group(asked);
      groups.set(asked.group, queues);
      if (!queues.has(key(asked))) {
        const { user, client } = asked;
        queues.set(key(asked), { user, client, waiting: new Map() });
      }
      return { level: "MEMORY" };
    },
    leave: (asked) => {
      group(asked).delete(key(asked));
      return { level: "MEMORY" };
    },
    members: (asked) => [...group(asked).values()].map(member),
    offer: (asked) => ({ id: put([joined(asked)], asked.data), level: "MEMORY" }),
    publish: (asked) => {
      const queues = [...group(asked).values()].filter(({ user }) => user !== asked.except);
      put(queues, asked.data);
      return { level: "MEMORY", taken: queues.map(member), refused: [] };
    },
    unacked: (asked) => {
      const { after = 0, limit = USUAL_LIMIT } = asked;
      return [...joined(asked).waiting.values()]
        .filter(({ id }) => id > after)
        .slice(0, Math.min(Math.max(limit, 1), MAX_LIMIT))
        .map(give);
    },
    ack: (asked) => ({ level: find(asked)?.waiting.delete(asked.id) ? "MEMORY" : null }),
    nack: (asked) => {
      const queue = find(asked);
      const message = queue?.waiting.get(asked.id);
      if (queue === undefined || message === undefined) {
        return { deliveries: null };
      }
      message.rejected++;
      if (message.rejected >= DELIVERIES) {
        queue.waiting.delete(asked.id);
      }
      return { deliveries: message.rejected };
    },
  };
  const callbacks = Object.entries(actions).map(([name, answer]): [string, ActionCallback] => [
    name,
    (_call: HostCall, input: unknown) => answer(input as Asked),
  ]);
  return ownService(
    "$offline",
    "What waits for clients that are away, in memory",
    Object.fromEntries(callbacks),
  );
}

function key({ user, client }: Asked): string {
  for (const part of [user, client]) {
    if (typeof part !== "string" || part === "" || part.length > MAX_CHARACTERS) {
      throw new ValidationError(`user and client must have 1 to ${MAX_CHARACTERS} characters`);
    }
  }
  return JSON.stringify([user, client]);
}

function member({ user, client }: Queue): { user: string; client: string } {
  return { user, client };
}

function give(message: Waiting): object {
  message.given++;
  const { id, data, offeredAt, given } = message;
  return { id, data, damaged: false, deliveries: given, redelivered: given > 1, offeredAt };
}
