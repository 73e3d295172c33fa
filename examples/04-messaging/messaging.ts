import { randomUUID } from "node:crypto";
import {
  action,
  type Context,
  defineError,
  defineService,
  type Node,
  PermissionError,
  RunarError,
  type Session,
  socket,
} from "runar-ts";
import type { Directory } from "./directory.ts";
import { frame, HANDLERS, type Inbound, NAME, type Outbound } from "./frames.ts";
import { type ConversationKeys, seal, unseal } from "./keys.ts";
import { Meter } from "./meter.ts";
import { type Caller, type Kept, Talk } from "./talk.ts";
import type { Tokens } from "./tokens.ts";

/** Everything that the service needs: complete before its first event, or there is no service. */
export interface Needs {
  readonly node: Node;
  readonly tokens: Tokens;
  readonly directory: Directory;
  readonly keys: ConversationKeys;
  readonly hasLogin: boolean;
}

const NotHere = defineError("NotHere", { description: "there is no such conversation for you" });

/** Conversations over a raw WebSocket, with a queue for each client that is away. */
export function messaging(needs: Needs) {
  for (const each of ["node", "tokens", "directory", "keys"] as const) {
    if (!needs[each]) throw new Error(`the messaging service needs ${each}`);
  }
  const { node, tokens, directory, keys } = needs;
  const meter = new Meter();
  const talks = new Map<string, Talk>(); // by session; the node bounds how many there are
  const beginning = new Set<string>(); // names that somebody is about to take

  /** Before the handshake is answered: who is refused here never has a session. */
  async function accept({ query }: { readonly query: Readonly<Record<string, string>> }) {
    const user = tokens.userOf(query.token);
    const { conversation = "", client = "" } = query;
    if (user === undefined) {
      meter.count("refused_token");
      throw new PermissionError("the token is not right", { data: { status: 401 } });
    }
    if (!(await directory.isMember(conversation, user))) {
      meter.count("refused_member");
      throw new NotHere();
    }
    if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(client)) {
      throw new RunarError("INVALID_INPUT", "client must name the device, as in phone-1");
    }
    await node.broker.offline(conversation).client(user, client).join();
    return { user, client, conversation };
  }

  function open(session: Session<Caller>): void {
    const { conversation, user, client } = session.identity;
    const queue = node.broker.offline(conversation).client(user, client);
    const readable = (kept: Kept) => {
      try {
        return unseal(keys.keyOf(conversation), conversation, kept.sealed);
      } catch (error) {
        failed(error);
        return undefined;
      }
    };
    const talk = new Talk(session, queue, readable);
    talks.set(session.id, talk);
    talk.pump(failed);
  }

  /** Whatever goes wrong with a frame, the socket lives, and so do all others. */
  function receive(session: Session<Caller>, data: string | Uint8Array): void {
    const talk = talks.get(session.id);
    if (talk === undefined) return;
    if (typeof data !== "string") return refuse(talk, "BINARY", "send text frames only");
    const given = parsed(data);
    if (given === undefined) return refuse(talk, "MALFORMED", "a frame is a JSON object");
    const { type } = given;
    if (typeof type !== "string" || !Object.hasOwn(HANDLERS, type)) {
      return refuse(talk, "UNKNOWN", `type must be one of ${Object.keys(HANDLERS).join(", ")}`);
    }
    const name = HANDLERS[type as Inbound["type"]];
    const isTaken = talk.inTurn(() => handle(talk, name, given));
    if (!isTaken) refuse(talk, "BUSY", "too many frames wait; this one was not handled");
  }

  async function handle(talk: Talk, name: string, given: object): Promise<void> {
    const begun = performance.now();
    try {
      await node.request(`messaging/${name}`, { ...given, session: talk.session.id });
    } catch (error) {
      const isInvalid = error instanceof RunarError && error.code === "INVALID_INPUT";
      if (isInvalid) refuse(talk, "INVALID", error.message);
      else {
        failed(error);
        refuse(talk, "FAILED", "this frame could not be handled");
      }
    }
    meter.count("frames");
    meter.took(performance.now() - begun);
  }

  function refuse(talk: Talk, code: (Outbound & { type: "Error" })["code"], message: string): void {
    meter.count(`frames_${code.toLowerCase()}`);
    // Who sends faster than it is answered cannot fill the log with it.
    if (code !== "BUSY") {
      console.warn(`a frame was refused user=${talk.caller.user} code=${code} why=${message}`);
    }
    talk.send({ type: "Error", code, message });
  }

  function failed(error: unknown): void {
    meter.count("failures");
    console.error("a client could not be served", error);
  }

  function talkOf(session: string): Talk {
    return talks.get(session) ?? fail("the client is gone");
  }

  function tell(conversation: string, which: (caller: Caller) => boolean, frame: Outbound): void {
    for (const talk of talks.values()) {
      if (talk.caller.conversation === conversation && which(talk.caller)) talk.send(frame);
    }
  }

  async function memberIn(conversation: string, ctx: Context): Promise<string> {
    const user = whoAsks(ctx);
    if (!(await directory.isMember(conversation, user))) throw new NotHere();
    return user;
  }

  return defineService({
    name: "messaging-service",
    path: "messaging",
    description: "Conversations whose messages wait for clients that are away",
    sockets: {
      "/ws": socket({
        accept,
        open,
        message: receive,
        close: (session) => talks.delete(session.id),
      }),
    },
    health: () => ({ ready: true, ...counts() }),
    actions: {
      // --- what clients send by their sockets
      typing: action({
        visibility: "internal",
        input: frame("Typing", { conversation_id: NAME, user_id: NAME }),
        handler: (asked: { session: string; conversation_id: string; user_id: string }) => {
          const { conversation, user } = talkOf(asked.session).caller;
          if (asked.conversation_id !== conversation || asked.user_id !== user) {
            meter.count("typing_for_others"); // and nobody hears of it
            return;
          }
          meter.count("typing");
          const frame = { type: "TypingStarted", conversation_id: conversation, user_id: user };
          tell(conversation, (other) => other.user !== user, frame as Outbound);
        },
      }),
      ack: action({
        visibility: "internal",
        input: frame("Ack", { msg: { type: "integer", minimum: 1 } }),
        handler: async ({ session, msg }: { session: string; msg: number }) => {
          const talk = talkOf(session);
          const { level, kept } = await talk.ack(msg);
          meter.count(level === null ? "acks_unknown" : "acks");
          talk.send({ type: "Acked", msg, level });
          const { conversation, user } = talk.caller;
          if (level !== null && kept !== undefined && kept.from !== user) {
            const seen = { type: "Seen", id: kept.id, user_id: user } as const;
            tell(conversation, (other) => other.user === kept.from, seen);
          }
          talk.pump(failed);
        },
      }),
      getUnacked: action({
        visibility: "internal",
        input: frame("GetUnacked"),
        handler: async ({ session }: { session: string }) => {
          const talk = talkOf(session);
          talk.send({ type: "Unacked", given: await talk.giveAll() });
        },
      }),

      // --- what they ask by HTTP
      login: action({
        http: { method: "POST", path: "/messaging/login", status: 201 },
        input: object({ user: NAME }),
        handler: ({ user }: { user: string }, ctx: Context) =>
          needs.hasLogin
            ? { user, token: tokens.make(user) }
            : ctx.fail("PERMISSION_DENIED", "this node has no login for development"),
      }),
      conversations: action({
        http: "GET /messaging/conversations",
        handler: (_: object, ctx: Context) => directory.conversationsOf(whoAsks(ctx)),
      }),
      begin: action({
        http: { method: "POST", path: "/messaging/conversations", status: 201 },
        input: object({ id: NAME }),
        handler: async ({ id }: { id: string }, ctx: Context) => {
          const user = whoAsks(ctx);
          const taken = () =>
            ctx.fail("DUPLICATE", "there is a conversation of this name: take another");
          if (beginning.has(id)) taken();
          beginning.add(id);
          try {
            const members = await directory.membersOf(id);
            if (members.length > 0 && !members.includes(user)) taken();
            await directory.add(id, user);
            return { id, members: await directory.membersOf(id) };
          } finally {
            beginning.delete(id);
          }
        },
      }),
      invite: action({
        http: { method: "POST", path: "/messaging/conversations/{id}/members", status: 201 },
        input: object({ id: NAME, user: NAME }),
        handler: async ({ id, user }: { id: string; user: string }, ctx: Context) => {
          await memberIn(id, ctx);
          await directory.add(id, user);
          return { id, members: await directory.membersOf(id) };
        },
        errors: [NotHere],
      }),
      send: action({
        http: { method: "POST", path: "/messaging/conversations/{id}/messages", status: 201 },
        input: object({ id: NAME, text: { type: "string", minLength: 1, maxLength: 4_000 } }),
        handler: async ({ id, text }: { id: string; text: string }, ctx: Context) => {
          const from = await memberIn(id, ctx);
          const sealed = seal(keys.keyOf(id), id, text);
          const message: Kept = { id: randomUUID(), from, sent_at: Date.now(), sealed };
          const { level, taken, refused } = await node.broker.offline(id).publish(message);
          meter.count("messages");
          for (const talk of talks.values()) {
            if (talk.caller.conversation === id) talk.pump(failed);
          }
          return { id: message.id, level, waitsFor: taken.length, refused: refused.length };
        },
        errors: [NotHere],
      }),
      counts: action({ http: "GET /messaging/counts", handler: (_: object) => counts() }),
    },
  });

  function counts(): Record<string, number> {
    const held = [...talks.values()].map((talk) => talk.held);
    return {
      sessions: talks.size,
      held: held.reduce((sum, each) => sum + each, 0),
      held_by_one: Math.max(0, ...held),
      ...meter.snapshot(),
    };
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function object(properties: Record<string, object>) {
  return { type: "object", properties, required: Object.keys(properties) };
}

function whoAsks(ctx: Context): string {
  return (
    (ctx.identity as string | undefined) ?? ctx.fail("PERMISSION_DENIED", "a token is needed")
  );
}

function fail(why: string): never {
  throw new Error(why);
}
