import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { action, type Context, defineService, Node } from "runar-ts";
import { People, type Person, SESSION } from "./people.ts";
import { type Message, Talks } from "./talks.ts";

const APP = { id: "chat", key: "chat-key", secret: secretOf(process.env.CHAT_SECRET) };
const ROOMS = ["lobby", "garden", "workshop"];
const SOCKET = { type: "string", pattern: "^[0-9]+\\.[0-9]+$" };

const node = new Node({ server: { port: 3000 }, apps: [APP] });
const people = new People(APP.secret);
const talks = new Talks();
const app = node.broker.app(APP.id);

// Who an HTTP client is; actions see it as ctx.identity.
node.identify(({ cookies }) => people.of(cookies.chat) ?? null);

const chat = defineService({
  name: "chat-service",
  path: "chat",
  description: "Rooms, people and direct messages",
  actions: {
    signIn: action({
      http: { method: "POST", path: "/chat/session", status: 201 },
      input: object({
        name: { type: "string", pattern: "^[\\p{L}\\p{N}][\\p{L}\\p{N} ._'-]{0,23}$" },
      }),
      handler: ({ name }: { name: string }, ctx: Context) => {
        const entered = people.signIn(name.trim());
        if (entered === "taken") {
          return ctx.fail("DUPLICATE", `${name} is here already: take another name`);
        }
        if (entered === "full") return ctx.fail("OVERLOADED", "it is full here: come back later");
        ctx.http?.cookie("chat", entered.token, { maxAge: SESSION, sameSite: "strict" });
        return welcome(entered.person);
      },
    }),
    session: action({
      http: "GET /chat/session",
      handler: (_: object, ctx: Context) => welcome((ctx.identity as Person | undefined) ?? null),
    }),
    signOut: action({
      http: "DELETE /chat/session",
      handler: async (_: object, ctx: Context) => {
        const me = whoAsks(ctx);
        people.signOut(me);
        ctx.http?.cookie("chat", "", { maxAge: 0, sameSite: "strict" });
        await app.user(me.id).disconnect(); // other tabs, and who has copied the cookie
      },
    }),
    inRoom: action({
      http: "GET /chat/rooms/{room}/messages",
      input: object({ room: { enum: ROOMS } }),
      handler: ({ room }: { room: string }, ctx: Context) => {
        whoAsks(ctx);
        return talks.of(room);
      },
    }),
    say: action({
      http: { method: "POST", path: "/chat/rooms/{room}/messages", status: 201 },
      input: object({ room: { enum: ROOMS }, text: text() }),
      handler: async ({ room, text }: { room: string; text: string }, ctx: Context) => {
        const message = talks.message(whoAsks(ctx), text.trim());
        await tell(`presence-room-${room}`, message);
        talks.add(room, message); // and not before: what is refused is not said
        return message;
      },
    }),
    withPerson: action({
      http: "GET /chat/people/{person}/messages",
      handler: ({ person }: { person: string }, ctx: Context) =>
        talks.of(between(whoAsks(ctx).id, person)),
    }),
    whisper: action({
      http: { method: "POST", path: "/chat/people/{person}/messages", status: 201 },
      input: object({ person: { type: "string" }, text: text() }),
      handler: async ({ person, text }: { person: string; text: string }, ctx: Context) => {
        const from = whoAsks(ctx);
        const to = people.byId(person) ?? ctx.fail("NOT_FOUND", "this person is not here any more");
        const message = { ...talks.message(from, text.trim()), to };
        await tell(`private-inbox-${to.id}`, message);
        talks.add(between(from.id, to.id), message);
        // It is said: if other tabs of the sender are not told, it must not be said again.
        await tell(`private-inbox-${from.id}`, message).catch((error: Error) =>
          ctx.logger.warn("the sender was not told", { reason: error.message }),
        );
        return message;
      },
    }),

    // pusher-js asks here before it joins a channel that is not public.
    authorize: action({
      http: "POST /pusher/auth",
      input: object({
        socket_id: SOCKET,
        channel_name: { type: "string", maxLength: 200 },
      }),
      handler: (asked: { socket_id: string; channel_name: string }, ctx: Context) => {
        const { id, name } = whoAsks(ctx);
        const channel = asked.channel_name;
        if (channel === `private-inbox-${id}`) {
          return { auth: signed(`${asked.socket_id}:${channel}`) };
        }
        if (ROOMS.some((room) => channel === `presence-room-${room}`)) {
          const channel_data = JSON.stringify({ user_id: id, user_info: { name } });
          return { auth: signed(`${asked.socket_id}:${channel}:${channel_data}`), channel_data };
        }
        return ctx.fail("PERMISSION_DENIED", `nothing to see in ${channel}`);
      },
    }),

    // And here before it says who is connected; then `app.user(id)` reaches it.
    authenticate: action({
      http: "POST /pusher/user-auth",
      input: object({ socket_id: SOCKET }),
      handler: ({ socket_id }: { socket_id: string }, ctx: Context) => {
        const { id, name } = whoAsks(ctx);
        const user_data = JSON.stringify({ id, user_info: { name } });
        return { auth: signed(`${socket_id}::user::${user_data}`), user_data };
      },
    }),

    // The client library as npm has it, and no other file of node_modules.
    library: action({
      http: "GET /pusher.min.js",
      handler: async (_: object, ctx: Context) => {
        ctx.http?.header("content-type", "text/javascript; charset=utf-8");
        const library = import.meta.resolve("pusher-js/dist/web/pusher.min.js");
        return await readFile(fileURLToPath(library));
      },
    }),
  },
  // Under `./runar dev` the next version of this file knows who is here, and what was said.
  state: {
    save: () => ({ people: people.save(), talks: talks.save() }),
    restore: (saved: { people: ReturnType<People["save"]>; talks: [string, Message[]][] }) => {
      people.restore(saved.people);
      talks.restore(saved.talks);
    },
  },
});

function secretOf(given: string | undefined): string {
  if (!given) throw new Error("CHAT_SECRET is not set: name one in .env, or in the environment");
  return given;
}

function object(properties: Record<string, object>) {
  return { type: "object", properties, required: Object.keys(properties) };
}

function text() {
  return { type: "string", maxLength: 1_000, pattern: "\\S" };
}

function welcome(me: Person | null) {
  return { me, rooms: ROOMS, key: APP.key };
}

function whoAsks(ctx: Context): Person {
  return (ctx.identity as Person | undefined) ?? ctx.fail("PERMISSION_DENIED", "sign in first");
}

function between(one: string, other: string): string {
  return [one, other].sort().join("+");
}

function signed(what: string): string {
  return `${APP.key}:${createHmac("sha256", APP.secret).update(what).digest("hex")}`;
}

/** Publishes to everybody who has joined the channel. */
function tell(channel: string, message: Message): Promise<void> {
  return app.channel(channel).publish("message", message);
}

await node.addService(chat);
await node.start();
