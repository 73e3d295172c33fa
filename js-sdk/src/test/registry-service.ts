import { NotRunningError } from "../errors.js";
import type { ActionCallback, HostHandlers } from "../host.js";
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
    "services/list": () => registry.all.map(described),
    "services/{path}": onService(described),
    "services/{path}/state": onService(({ state }) => ({ state })),
    "services/{path}/pause": onService((entry) => transition(entry, "RUNNING", steps.pause)),
    "services/{path}/resume": onService((entry) => transition(entry, "PAUSED", steps.resume)),
  };
  const definition: RegisteredService = {
    name: "registry",
    path: "$registry",
    version: "0.0.0",
    description: "What services there are, and in which state",
    networkId: "",
    actions: Object.keys(actions).map((name) => ({ name, description: "", params: null })),
    events: [],
    sockets: [],
  };
  return [definition, { actions, events: {}, sockets: {} }];
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

function described({ definition, networkId, state }: Entry): object {
  return {
    networkId,
    path: definition.path,
    name: definition.name,
    version: definition.version,
    description: definition.description,
    state,
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
