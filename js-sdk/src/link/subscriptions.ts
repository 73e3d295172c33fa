import type { EventCallback, HostTask } from "../host.js";
import { parse, stringify } from "../primordials.js";
import { askText } from "./asking.js";
import { FRAME } from "./frames.js";
import type { Joined } from "./joined.js";

/** A subscription as its node knows it, and the number of its handler. */
interface Subscribed {
  readonly joined: Joined;
  readonly subscription: number;
  readonly target: number;
}

/** What handlers of no service have subscribed to, by numbers that no two nodes of a program give. */
export class Subscriptions {
  readonly #all = new Map<number, Subscribed>();
  #next = 1;

  async add(
    joined: Joined,
    pattern: string,
    callback: EventCallback,
    optionsJson: string | null,
    within: HostTask | null,
  ): Promise<number> {
    const { link, callbacks } = joined;
    const servicePath = within?.servicePath() ?? "";
    const target = callbacks.add({ kind: "event", callback, servicePath });
    const head = askText({ pattern, optionsJson, asking: { within } });
    try {
      const subscription = await link.asked(
        { kind: FRAME.SUBSCRIBE, target, head },
        (answer) => (parse(answer.head) as { readonly subscription: number }).subscription,
      );
      const number = this.#next++;
      this.#all.set(number, { joined, subscription, target });
      return number;
    } catch (error) {
      callbacks.remove(target);
      throw error;
    }
  }

  /** Resolves to whether there was one. */
  async remove(joined: Joined, number: number): Promise<boolean> {
    const subscribed = this.#all.get(number);
    if (subscribed === undefined || subscribed.joined !== joined) {
      return false;
    }
    const { subscription, target } = subscribed;
    const had = await joined.asked(
      { kind: FRAME.UNSUBSCRIBE, head: stringify({ subscription }) },
      (answer) => (parse(answer.head) as { readonly had: boolean }).had,
    );
    if (this.#all.delete(number)) {
      joined.callbacks.ended(target);
    }
    return had;
  }

  /** The node is gone, and its subscriptions with it. */
  end(joined: Joined): void {
    for (const [number, subscribed] of this.#all) {
      if (subscribed.joined === joined) {
        this.#all.delete(number);
      }
    }
  }
}
