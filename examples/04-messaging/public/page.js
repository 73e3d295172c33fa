// Two people in one page, each with a connection of their own.
const CONVERSATION = "demo";
const TYPING_MS = 3_000;

async function ask(method, path, token, body) {
  const headers = { "content-type": "application/json" };
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail);
  return answer;
}

/** The device of this browser: its queue waits for it, and for no other. */
function deviceOf(user) {
  const key = `messaging-device-${user}`;
  const known = localStorage.getItem(key);
  if (known) return known;
  const made = `page-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  localStorage.setItem(key, made);
  return made;
}

class Phone {
  #user;
  #token;
  #socket;
  #tries = 0;
  #typedAt = 0;
  #typingOver;
  #shown = new Map(); // messages in the list, by their id
  #seen = new Set();
  #root;

  constructor(user, token) {
    this.#user = user;
    this.#token = token;
    this.#root = document.querySelector("#phone").content.firstElementChild.cloneNode(true);
    this.#root.dataset.user = user;
    this.#find("h2").textContent = this.#name(user);
    this.#find(".face").textContent = user[0].toUpperCase();
    this.#find(".switch b").textContent = `${this.#name(user)} is online`;
    this.#find(".switch input").addEventListener("change", () => this.#switch());
    this.#find("form").addEventListener("submit", (event) => this.#submit(event));
    this.#find("form input").addEventListener("input", () => this.#types());
    document.querySelector("#phones").append(this.#root);
    this.#connect();
  }

  #find(selector) {
    return this.#root.querySelector(selector);
  }

  #name(user) {
    return user[0].toUpperCase() + user.slice(1);
  }

  get #isOn() {
    return this.#find(".switch input").checked;
  }

  #state(state, text = state) {
    this.#find(".state").dataset.state = state;
    this.#find(".state").textContent = text;
    this.#root.classList.toggle("off", state === "away");
  }

  #switch() {
    if (this.#isOn) this.#connect();
    else this.#socket?.close();
  }

  #connect() {
    this.#state("connecting");
    const query = new URLSearchParams({
      token: this.#token,
      conversation: CONVERSATION,
      client: deviceOf(this.#user),
    });
    const url = new URL(`/ws?${query}`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#tries = 0;
      socket.send(JSON.stringify({ type: "GetUnacked" }));
    };
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    socket.onclose = () => this.#closed(socket);
  }

  #closed(socket) {
    if (socket !== this.#socket) return;
    this.#find(".typing").hidden = true;
    if (!this.#isOn) {
      this.#state("away", "away: messages wait on the node");
      return;
    }
    this.#state("connecting", "the node is away, trying again");
    const most = Math.min(20_000, 100 * 2 ** this.#tries++);
    setTimeout(() => {
      if (this.#isOn && socket === this.#socket) this.#connect();
    }, Math.random() * most);
  }

  #take(frame) {
    switch (frame.type) {
      case "Message":
        this.#show(frame);
        this.#socket.send(JSON.stringify({ type: "Ack", msg: frame.msg }));
        break;
      case "Unacked":
        if (frame.given > 0) this.#note(`${frame.given} had waited`);
        this.#state("live", "online");
        break;
      case "Damaged":
        this.#note("a message was damaged on the disk");
        this.#socket.send(JSON.stringify({ type: "Ack", msg: frame.msg }));
        break;
      case "TypingStarted":
        this.#find(".typing span").textContent = `${this.#name(frame.user_id)} is writing`;
        this.#find(".typing").hidden = false;
        clearTimeout(this.#typingOver);
        this.#typingOver = setTimeout(() => {
          this.#find(".typing").hidden = true;
        }, TYPING_MS);
        break;
      case "Seen":
        this.#seen.add(frame.id);
        this.#tick(frame.id);
        break;
      case "Error":
        this.#note(frame.message);
        break;
    }
  }

  /** Once, however often it comes: at least once is what the node promises. */
  #show({ id, from, text, sent_at }) {
    if (this.#shown.has(id)) return;
    if (from !== this.#user) this.#find(".typing").hidden = true;
    const item = document.createElement("li");
    item.classList.toggle("mine", from === this.#user);
    const time = new Date(sent_at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    const small = document.createElement("small");
    small.append(time);
    if (from === this.#user) small.append(document.createElement("span"));
    item.append(text, small);
    this.#shown.set(id, item);
    this.#append(item);
    this.#tick(id);
  }

  #tick(id) {
    const ticks = this.#shown.get(id)?.querySelector("small span");
    if (!ticks) return;
    const isSeen = this.#seen.has(id);
    ticks.className = isSeen ? "ticks seen" : "ticks";
    ticks.textContent = isSeen ? "✓✓" : "✓";
    ticks.title = isSeen ? "seen" : "kept by the node";
  }

  #note(text) {
    const item = document.createElement("li");
    item.className = "note";
    item.textContent = text;
    this.#append(item);
  }

  #append(item) {
    const list = this.#find(".messages");
    list.append(item);
    while (list.children.length > 500) list.firstElementChild.remove();
    list.scrollTop = list.scrollHeight;
  }

  #types() {
    const now = Date.now();
    if (now - this.#typedAt < TYPING_MS / 2 || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#typedAt = now;
    const typing = { type: "Typing", conversation_id: CONVERSATION, user_id: this.#user };
    this.#socket.send(JSON.stringify(typing));
  }

  async #submit(event) {
    event.preventDefault();
    const input = this.#find("form input");
    const text = input.value.trim();
    if (text === "") return;
    input.value = "";
    this.#typedAt = 0;
    try {
      const path = `/messaging/conversations/${CONVERSATION}/messages`;
      const { id } = await ask("POST", path, this.#token, { text });
      this.#show({ id, from: this.#user, text, sent_at: Date.now() });
    } catch (error) {
      input.value = text; // to be sent again
      this.#note(`not sent: ${error.message}`);
    }
  }
}

const COUNTS = {
  sessions: "connected",
  messages: "messages",
  acks: "acknowledged",
  frames: "frames",
  p99_ms: "p99 below, ms",
};

async function showCounts() {
  const counts = await ask("GET", "/messaging/counts").catch(() => undefined);
  if (counts) {
    document.querySelector("#counts").replaceChildren(
      ...Object.entries(COUNTS).map(([key, label]) => {
        const entry = document.createElement("div");
        const name = document.createElement("dt");
        const value = document.createElement("dd");
        name.textContent = label;
        value.textContent = counts[key] ?? 0;
        entry.append(name, value);
        return entry;
      }),
    );
  }
  setTimeout(showCounts, 2_000);
}

const [ann, bob] = await Promise.all(
  ["ann", "bob"].map((user) => ask("POST", "/messaging/login", undefined, { user })),
);
await ask("POST", "/messaging/conversations", ann.token, { id: CONVERSATION });
const members = `/messaging/conversations/${CONVERSATION}/members`;
await ask("POST", members, ann.token, { user: "bob" });
new Phone("ann", ann.token);
new Phone("bob", bob.token);
showCounts();
