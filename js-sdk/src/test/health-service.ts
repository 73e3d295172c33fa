import { codec } from "../codec.js";
import { TimeoutError } from "../errors.js";
import type { ActionCallback, HostHandlers } from "../host.js";
import type { VirtualClock } from "./clock.js";
import { copied, crossed } from "./crossing.js";
import { type LifeGround, lives } from "./life.js";
import { ownService } from "./own-service.js";
import type { Entry, RegisteredService, Registry } from "./registry.js";

/** How long one may take, in ms. */
const PATIENCE = 5_000;

/** How long an answer is given to others too, in ms. */
const FRESH = 1_000;

/** What one service said of itself. */
interface Report {
  readonly ready: boolean;
  readonly details: unknown;
  readonly error?: { readonly code: string; readonly message: string };
  readonly ms: number;
  readonly checkedAt: number;
}

/** The service `$health` of the node: each service is asked when somebody wants to know. */
export function healthService(
  registry: Registry,
  clock: VirtualClock,
  ground: LifeGround,
): [RegisteredService, HostHandlers] {
  const reports = new WeakMap<Entry, Promise<Report>>();
  const last = new WeakMap<Entry, Report>();

  const report = (entry: Entry): Promise<Report> => {
    const known = last.get(entry);
    if (known !== undefined && clock.now - known.checkedAt < FRESH) {
      return Promise.resolve(known);
    }
    const open = reports.get(entry);
    if (open !== undefined) {
      return open;
    }
    const asked = ask(entry, clock, ground).then((answer) => {
      last.set(entry, answer);
      reports.delete(entry);
      return answer;
    });
    reports.set(entry, asked);
    return asked;
  };
  const row = async (entry: Entry): Promise<object> => {
    const { path, version } = entry.definition;
    const problem = entry.problem === "" ? {} : { problem: entry.problem };
    const head = { path, version, state: entry.state, ...problem };
    return entry.state === "RUNNING"
      ? { ...head, ...(await report(entry)) }
      : { ...head, ready: false };
  };
  const all = (): Promise<{ readonly ready?: boolean }[]> =>
    Promise.all(registry.all.filter(({ id }) => !id.startsWith("$")).map(row));
  const isReady = (): boolean =>
    registry.all.every(
      (entry) =>
        entry.away === "" &&
        (entry.state !== "INITIALIZED" || entry.problem === "") &&
        (entry.state !== "RUNNING" || last.get(entry)?.ready !== false),
    );
  const actions: Record<string, ActionCallback> = {
    live: () => ({ live: true }),
    ready: async () => {
      const services = await all();
      return { ready: isReady(), services };
    },
    services: all,
    "services/{path}": (call) =>
      row(registry.find((JSON.parse(call.paramsJson()) as { readonly path: string }).path)),
  };
  return ownService("$health", "Whether the node and its services are well", actions);
}

async function ask(entry: Entry, clock: VirtualClock, ground: LifeGround): Promise<Report> {
  const begun = clock.now;
  const done = (said: Pick<Report, "ready" | "details" | "error">): Report => ({
    ...said,
    ms: clock.now - begun,
    checkedAt: clock.now,
  });
  let timer = -1;
  const late = new Promise<never>((_, reject) => {
    timer = clock.after(PATIENCE, () =>
      reject(new TimeoutError(`health has not answered within ${PATIENCE} ms`)),
    );
  });
  try {
    const answer = await Promise.race([lives(ground, entry, "health"), late]);
    const details = answer === undefined ? null : codec.decode(...copied(codec.encode(answer)));
    const saysNo = (details as { readonly ready?: unknown } | null)?.ready === false;
    return done({ ready: details !== false && !saysNo, details });
  } catch (error) {
    const { code, message } = crossed(error);
    return done({ ready: false, details: null, error: { code, message } });
  } finally {
    clock.cancel(timer);
  }
}
