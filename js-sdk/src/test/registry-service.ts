import { NotRunningError } from "../errors.js";
import type { ActionCallback, HostHandlers } from "../host.js";
import { ownService } from "./own-service.js";
import type { Entry, RegisteredService, Registry, State } from "./registry.js";

/** The service `$registry` of the node, as far as it knows about services. */
export function registryService(
  registry: Registry,
  steps: { readonly [Step in "pause" | "resume"]: (entry: Entry) => Promise<void> },
): [RegisteredService, HostHandlers] {
  const onService =
    (answer: (entry: Entry) => unknown): ActionCallback =>
    (call) =>
      answer(registry.find((JSON.parse(call.paramsJson()) as { readonly path: string }).path));
  const actions: Record<string, ActionCallback> = {
    "services/list": () => registry.all.map((entry) => described(entry, registry)),
    "services/{path}": onService((entry) => described(entry, registry)),
    "services/{path}/state": onService(({ state }) => ({ state })),
    "services/{path}/pause": onService((entry) => transition(entry, "RUNNING", steps.pause)),
    "services/{path}/resume": onService((entry) => transition(entry, "PAUSED", steps.resume)),
  };
  return ownService("$registry", "What services there are, and in which state", actions);
}

async function transition(
  entry: Entry,
  from: State,
  step: (entry: Entry) => Promise<void>,
): Promise<object> {
  const { path } = entry.definition;
  if (entry.isChanging) {
    throw new NotRunningError(`service "${path}" is being paused or resumed; try again later`);
  }
  if (entry.state !== from) {
    throw new NotRunningError(
      `service "${path}" is in ${shown(entry.state)} state, not ${shown(from)}`,
    );
  }
  entry.isChanging = true;
  try {
    await step(entry);
  } finally {
    entry.isChanging = false;
  }
  return { state: entry.state };
}

function shown(state: State): string {
  return `${state.charAt(0)}${state.slice(1).toLowerCase()}`;
}

function described(entry: Entry, registry: Registry): object {
  const { definition, networkId, state } = entry;
  return {
    networkId,
    path: definition.path,
    name: definition.name,
    version: definition.version,
    description: definition.description,
    preferred: registry.isPreferred(entry),
    state,
    problem: entry.problem === "" ? null : entry.problem,
    dependsOn: definition.dependsOn ?? [],
    actions: definition.actions.map(({ name, description, params, ...more }) => ({
      name,
      description,
      params,
      timeout: more.timeout ?? null,
      input: more.input ?? null,
      output: more.output ?? null,
      ...(more.stream === undefined ? {} : { stream: more.stream }),
    })),
    events: Object.values(definition.events),
    sockets: definition.sockets,
  };
}
