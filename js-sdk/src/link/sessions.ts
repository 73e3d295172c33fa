import type { Delivery, HostSession, Kind, SocketCallbacks } from "../host.js";
import { parse, stringify } from "../primordials.js";
import type { Frame } from "./codec.js";
import { FRAME, TAKES_MESSAGES } from "./frames.js";
import type { Link } from "./link.js";
import { encodedOf, payloadOf } from "./payload.js";

/** What stands for a connection that was lost (RFC 6455). */
const LOST = 1006;

/** What says that another try may find somebody. */
const TRY_AGAIN = 1013;

/** What OPEN says. */
interface SessionHead {
  readonly session: number;
  readonly id: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly remoteAddress: string;
  readonly identity?: { readonly kind: "json" | "rich"; readonly text: string };
}

/** The handlers of one raw WebSocket path, and whose they are. */
export interface SocketPlace {
  readonly servicePath: string;
  readonly callbacks: SocketCallbacks;
}

/** One connected client of a raw WebSocket path. */
class LinkSession implements HostSession {
  readonly place: SocketPlace;
  readonly groups = new Set<string>();
  isWritable = true;
  readonly #link: Link;
  readonly #head: SessionHead;
  #isOpen = true;
  readonly #groupsOfAll: Map<string, Set<LinkSession>>;

  constructor(
    link: Link,
    head: SessionHead,
    place: SocketPlace,
    groups: Map<string, Set<LinkSession>>,
  ) {
    this.#link = link;
    this.#head = head;
    this.place = place;
    this.#groupsOfAll = groups;
  }

  id(): string {
    return this.#head.id;
  }

  path(): string {
    return this.#head.path;
  }

  queryJson(): string {
    return stringify(this.#head.query);
  }

  remoteAddress(): string {
    return this.#head.remoteAddress;
  }

  identityKind(): "json" | "rich" | null {
    return this.#head.identity?.kind ?? null;
  }

  identityText(): string | null {
    return this.#head.identity?.text ?? null;
  }

  carriedOver(): boolean {
    return false;
  }

  send(kind: Kind, data: unknown): Delivery {
    if (!this.#isOpen) {
      return "CLOSED";
    }
    if (!this.isWritable) {
      return "FULL";
    }
    const frame = { kind: FRAME.SEND, target: this.#head.session, payload: payloadOf(kind, data) };
    const sent = this.#link.post(frame);
    return sent === "OK" ? "QUEUED" : sent;
  }

  /** Whether a message to it could be taken in now. */
  get takesMessages(): boolean {
    return this.#isOpen && this.isWritable;
  }

  close(code: number, reason: string): void {
    if (this.#isOpen) {
      this.#link.postReserved({
        kind: FRAME.CLOSE_SESSION,
        target: this.#head.session,
        head: stringify({ code, reason }),
      });
    }
  }

  join(group: string): void {
    if (this.#isOpen && !this.groups.has(group)) {
      this.groups.add(group);
      this.#groupsOfAll.set(group, (this.#groupsOfAll.get(group) ?? new Set()).add(this));
      this.#tell(FRAME.JOIN, group);
    }
  }

  leave(group: string): void {
    if (this.groups.delete(group)) {
      this.#forget(group);
      this.#tell(FRAME.LEAVE, group);
    }
  }

  /** The client has gone. */
  gone(): void {
    this.#isOpen = false;
    for (const group of this.groups) {
      this.#forget(group);
    }
    this.groups.clear();
  }

  #forget(group: string): void {
    const members = this.#groupsOfAll.get(group);
    members?.delete(this);
    if (members?.size === 0) {
      this.#groupsOfAll.delete(group);
    }
  }

  #tell(kind: number, group: string): void {
    const head = stringify({ group });
    this.#link.postReserved({ kind, target: this.#head.session, head });
  }
}

/** The clients of the raw WebSocket paths of this side; the node bounds how many there are. */
export class LinkSessions {
  readonly #link: Link;
  readonly #run: (place: SocketPlace, what: string, run: () => unknown) => void;
  readonly #byNumber = new Map<number, LinkSession>();
  readonly #byId = new Map<string, LinkSession>();
  readonly #groups = new Map<string, Set<LinkSession>>();

  /** @param run runs a handler, and says what it has thrown */
  constructor(link: Link, run: (place: SocketPlace, what: string, run: () => unknown) => void) {
    this.#link = link;
    this.#run = run;
  }

  find(id: string): HostSession | null {
    return this.#byId.get(id) ?? null;
  }

  open(frame: Frame, place: SocketPlace): void {
    const head = parse(frame.head) as SessionHead;
    const session = new LinkSession(this.#link, head, place, this.#groups);
    this.#byNumber.set(head.session, session);
    this.#byId.set(head.id, session);
    this.#run(place, "open", () => place.callbacks.open(session));
  }

  /** There is nobody for the client: its service has gone meanwhile. */
  refuse(frame: Frame): void {
    const { session } = parse(frame.head) as SessionHead;
    this.#link.postReserved({
      kind: FRAME.CLOSE_SESSION,
      target: session,
      head: stringify({ code: TRY_AGAIN, reason: "the service is gone, try again later" }),
    });
  }

  message(frame: Frame): void {
    const session = this.#byNumber.get(frame.target);
    if (session !== undefined) {
      const [kind, data] = encodedOf(frame);
      const { place } = session;
      this.#run(place, "message", () => place.callbacks.message(session, kind, data));
    }
  }

  closed(frame: Frame): void {
    const { code, reason } = parse(frame.head) as { code: number; reason: string };
    this.#close(frame.target, code, reason);
  }

  writable(frame: Frame): void {
    const session = this.#byNumber.get(frame.target);
    if (session !== undefined) {
      session.isWritable = (frame.flags & TAKES_MESSAGES) !== 0;
    }
  }

  /** How many of a group take a message. */
  sendToGroup(group: string, kind: Kind, data: unknown): number {
    let count = 0;
    for (const session of this.#groups.get(group) ?? []) {
      count += session.takesMessages ? 1 : 0;
    }
    if (count === 0) {
      return 0;
    }
    const head = stringify({ group });
    const frame = { kind: FRAME.SEND_TO_GROUP, head, payload: payloadOf(kind, data) };
    return this.#link.post(frame) === "OK" ? count : 0;
  }

  /** The link is over: so are their connections, as far as their handlers can tell. */
  onEnd(): void {
    for (const number of [...this.#byNumber.keys()]) {
      this.#close(number, LOST, "the node is gone");
    }
  }

  #close(number: number, code: number, reason: string): void {
    const session = this.#byNumber.get(number);
    if (session !== undefined) {
      this.#byNumber.delete(number);
      this.#byId.delete(session.id());
      session.gone();
      const { place } = session;
      this.#run(place, "close", () => place.callbacks.close(session, code, reason));
    }
  }
}
