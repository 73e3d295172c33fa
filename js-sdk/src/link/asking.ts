import type { Asking, HostTask } from "../host.js";
import { parse, stringify } from "../primordials.js";
import { LinkCall } from "./link-call.js";
import { LinkEvent } from "./link-event.js";

/** What a question is about. */
interface Question {
  readonly path?: string;
  readonly topic?: string;
  readonly pattern?: string;
  readonly optionsJson: string | null;
  readonly asking?: Partial<Asking>;
}

/** The head of a question: what it is about, its options, and who asks. */
export function askText({ path, topic, pattern, optionsJson, asking }: Question): string {
  const within = asking?.within ?? null;
  let text = `{${
    path !== undefined
      ? `"path":${stringify(path)}`
      : topic !== undefined
        ? `"topic":${stringify(topic)}`
        : `"pattern":${stringify(pattern ?? null)}`
  }`;
  const options = within === null ? optionsJson : onward(optionsJson, within);
  if (options !== null) {
    text += `,"options":${options}`;
  }
  if (within !== null) {
    text += `,"within":${stringify(withinOf(within))}`;
  }
  if (asking?.onMeta !== undefined && asking.onMeta !== null) {
    text += ',"wantsMeta":true';
  }
  if (asking?.sends === true) {
    text += ',"sends":true';
  }
  return `${text}}`;
}

/** Whose handler asks. */
export function withinOf(task: HostTask): object {
  return task instanceof LinkCall || task instanceof LinkEvent
    ? task.within()
    : { service: task.servicePath() };
}

/** The node has forgotten what is over, and with it the meta that goes on from there. */
function onward(optionsJson: string | null, task: HostTask): string | null {
  const isOver =
    task instanceof LinkCall
      ? task.isCancelled()
      : task instanceof LinkEvent
        ? !task.isOpen
        : false;
  const meta = isOver ? (task as LinkCall | LinkEvent).metaJson() : "{}";
  if (meta === "{}") {
    return optionsJson;
  }
  const options = (optionsJson === null ? {} : parse(optionsJson)) as { readonly meta?: object };
  return stringify({ ...options, meta: { ...(parse(meta) as object), ...options.meta } });
}
