import { OverloadError, PermissionError } from "../errors.js";
import type { HostTopic, WriteOutcome } from "../host.js";
import { full, parsePath } from "../paths.js";
import { parse, stringify } from "../primordials.js";
import type { Frame } from "./codec.js";
import { FRAME, PAYLOAD } from "./frames.js";
import type { Link } from "./link.js";

/** Topics that one link may write on. */
const MAX_TOPICS = 1 << 20;

class LinkTopic implements HostTopic {
  readonly #link: Link;
  readonly #number: number;
  #name: string;
  #isRefused = false;
  #droppedHere = 0;
  #droppedThere = 0;

  constructor(link: Link, number: number, name: string) {
    this.#link = link;
    this.#number = number;
    this.#name = name;
  }

  name(): string {
    return this.#name;
  }

  write(data: ArrayBuffer | ArrayBufferView): WriteOutcome {
    if (this.#isRefused) {
      return "CLOSED";
    }
    const { WRITE } = FRAME;
    const payload = [PAYLOAD.BYTES, data] as const;
    switch (this.#link.post({ kind: WRITE, target: this.#number, payload })) {
      case "OK":
        return "ACCEPTED";
      case "FULL":
        this.#droppedHere++;
        return "DROPPED";
      case "CLOSED":
        return "CLOSED";
    }
  }

  dropped(): number {
    return this.#droppedHere + this.#droppedThere;
  }

  /** As the node spells it. */
  named(name: string): void {
    this.#name = name;
  }

  /** The node does not let it be written on. */
  refused(): void {
    this.#isRefused = true;
  }

  droppedThere(count: number): void {
    this.#droppedThere = count;
  }
}

/** The topics that this side writes on, by number: one for each name. */
export class LinkTopics {
  readonly #link: Link;
  readonly #network: string;
  readonly #byName = new Map<string, LinkTopic>(); // at most MAX_TOPICS
  readonly #byNumber: LinkTopic[] = [];

  constructor(link: Link, network: string) {
    this.#link = link;
    this.#network = network;
  }

  /**
   * What writes on a topic.
   *
   * @param refused told when the node does not want it
   * @throws RunarError for a path that is none, and when there are too many
   */
  open(name: string, refused: (error: Error) => void): HostTopic {
    const path = parsePath(name, this.#network);
    const spelled = path.network === this.#network ? path.text : full(path); // as the node has it
    if (path.segments[0]?.startsWith("$") === true) {
      throw new PermissionError(
        `the topic ${path.text} is the node's own: nobody else writes on it`,
      );
    }
    const known = this.#byName.get(spelled);
    if (known !== undefined) {
      return known;
    }
    if (this.#byNumber.length >= MAX_TOPICS) {
      throw new OverloadError(`a program writes on at most ${MAX_TOPICS} topics`);
    }
    const number = this.#byNumber.length + 1;
    const topic = new LinkTopic(this.#link, number, spelled);
    this.#link.ask(
      { kind: FRAME.TOPIC, target: number, head: stringify({ name: spelled }) },
      {
        answered: (answer) => topic.named((parse(answer.head) as { name: string }).name),
        failed: (error) => {
          topic.refused();
          refused(error);
        },
      },
    );
    this.#byNumber.push(topic);
    this.#byName.set(spelled, topic);
    return topic;
  }

  /** How many packets of a topic the node has dropped. */
  dropped(frame: Frame): void {
    this.#byNumber[frame.target - 1]?.droppedThere(frame.id);
  }
}
