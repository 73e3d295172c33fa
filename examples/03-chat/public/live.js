/* global Pusher */
const TYPING_EVERY = 2_000;
const TYPING_SHOWN = 4_000;
const RETRY_AFTER = 3_000;

/**
 * The connection of one person, signed in so that the node can end it: one room at a time, as a
 * presence channel, and an inbox, as a private one. `on` is told what happens: state, members, joined, left, typing, message, direct,
 * refused.
 */
export class Live {
  #pusher;
  #on;
  #room;
  #typedAt = 0;
  #typing = new Map();
  #tellState = ({ current }) => this.#on.state(current);

  constructor({ key, me }, on) {
    const secure = location.protocol === "https:";
    const port = Number(location.port || (secure ? 443 : 80));
    this.#on = on;
    this.#pusher = new Pusher(key, {
      cluster: "",
      wsHost: location.hostname,
      wsPort: port,
      wssPort: port,
      forceTLS: secure,
      enabledTransports: ["ws", "wss"],
      activityTimeout: 20_000,
      pongTimeout: 5_000,
      unavailableTimeout: 5_000,
      channelAuthorization: { endpoint: "/pusher/auth", transport: "ajax" },
      userAuthentication: { endpoint: "/pusher/user-auth", transport: "ajax" },
    });
    this.#pusher.connection.bind("state_change", this.#tellState);
    this.#pusher.signin();
    const inbox = this.#pusher.subscribe(`private-inbox-${me.id}`);
    inbox.bind("pusher:subscription_succeeded", () => on.direct());
    this.#handleRefusal(inbox);
    inbox.bind("message", (message) => on.message(message));
  }

  /** Goes into a room, and out of the one before. */
  enter(room) {
    if (this.#room?.name === `presence-room-${room}`) return;
    if (this.#room !== undefined) {
      this.#room.unbind();
      this.#pusher.unsubscribe(this.#room.name);
    }
    this.#forgetTyping();
    const channel = this.#pusher.subscribe(`presence-room-${room}`);
    this.#room = channel;
    channel.bind("pusher:subscription_succeeded", () => this.#on.members(this.#members(), room));
    this.#handleRefusal(channel);
    channel.bind("pusher:member_added", (member) =>
      this.#on.joined(person(member), this.#members()),
    );
    channel.bind("pusher:member_removed", (member) => {
      this.#stopped(member.id);
      this.#on.left(person(member), this.#members());
    });
    channel.bind("message", (message) => {
      this.#stopped(message.from.id);
      this.#on.message({ ...message, room });
    });
    // The node says whose event it is; a client cannot claim to be another.
    channel.bind("client-typing", (_, { user_id }) => this.#typed(user_id));
  }

  /** Tells the room that somebody is writing here; at most every two seconds. */
  writing() {
    const now = Date.now();
    if (now - this.#typedAt < TYPING_EVERY || !this.#room?.subscribed) return;
    this.#typedAt = now;
    this.#room.trigger("client-typing", {});
  }

  written() {
    this.#typedAt = 0;
  }

  again() {
    this.#pusher.disconnect();
    this.#pusher.connect();
  }

  close() {
    this.#forgetTyping();
    this.#pusher.unbind_all();
    this.#pusher.connection.unbind("state_change", this.#tellState);
    this.#pusher.disconnect();
  }

  /** pusher-js does not ask again by itself; it is worth it unless the answer was a plain no. */
  #handleRefusal(channel) {
    channel.bind("pusher:subscription_error", ({ status }) => {
      const isNo = status === 401 || status === 403;
      this.#on.refused(isNo);
      if (isNo) return;
      setTimeout(() => {
        if (this.#pusher.channel(channel.name) === channel) this.#pusher.subscribe(channel.name);
      }, RETRY_AFTER);
    });
  }

  #members() {
    const members = [];
    this.#room.members.each((member) => members.push(person(member)));
    return members;
  }

  #typed(id) {
    const member = this.#room.members.get(id);
    if (member === null) return;
    clearTimeout(this.#typing.get(id)?.timer);
    const timer = setTimeout(() => this.#stopped(id), TYPING_SHOWN);
    this.#typing.set(id, { name: member.info.name, timer });
    this.#tellTyping();
  }

  #stopped(id) {
    clearTimeout(this.#typing.get(id)?.timer);
    if (this.#typing.delete(id)) this.#tellTyping();
  }

  #forgetTyping() {
    for (const { timer } of this.#typing.values()) clearTimeout(timer);
    this.#typing.clear();
    this.#tellTyping();
  }

  #tellTyping() {
    this.#on.typing([...this.#typing.values()].map(({ name }) => name));
  }
}

function person({ id, info }) {
  return { id, name: info.name };
}
