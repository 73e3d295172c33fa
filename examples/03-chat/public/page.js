import { ask, Refused } from "./api.js";
import { lastOf } from "./entries.js";
import { Live } from "./live.js";
import { $, addMessage, face, hash, readAbove, showMessages, talkButton } from "./view.js";

/** What this page knows; `talks` by "room/lobby" or "person/ID", the newest message last. */
let me;
let rooms = [];
let live;
let members = [];
let room;
const talks = new Map();
let shown;

async function enter() {
  if (window.Pusher === undefined) return showDoor("pusher-js is missing: npm ci brings it.");
  const answer = await ask("GET", "/chat/session");
  if (answer.me === null) return showDoor();
  begin(answer);
}

function begin(answer) {
  ({ me, rooms } = answer);
  for (const id of ["chat", "state", "me", "open-talks"]) $(id).hidden = false;
  $("door").hidden = true;
  $("me").querySelector("b").textContent = me.name;
  live = new Live(answer, {
    state: showState,
    members: (all, of) => {
      showMembers(all);
      load(roomTalk(of));
    },
    joined: (who, all) => told(all, `${who.name} has come in`),
    left: (who, all) => told(all, `${who.name} has left`),
    typing: showTyping,
    message: received,
    direct: () => {
      for (const talk of talks.values()) if (talk.person !== undefined) load(talk);
    },
    refused: (isNo) => {
      if (isNo) signedOut("Your session has ended. Please come in again.");
      else $("about").textContent = "The server does not let anybody in now. Trying again.";
    },
  });
  openRoom(rooms.includes(location.hash.slice(1)) ? location.hash.slice(1) : rooms[0]);
}

function showDoor(problem = "") {
  for (const id of ["chat", "state", "me", "open-talks"]) $(id).hidden = true;
  $("door").hidden = false;
  $("name-problem").textContent = problem;
  $("name").focus();
}

function signedOut(problem) {
  live?.close();
  live = undefined;
  shown = undefined;
  room = undefined;
  wasLive = false;
  talks.clear();
  showDoor(problem);
}

$("sign-in").onsubmit = async (event) => {
  event.preventDefault();
  const name = $("name").value.trim();
  $("name-problem").textContent = "";
  const button = $("sign-in").querySelector("button");
  button.disabled = true;
  try {
    begin(await ask("POST", "/chat/session", { name }));
  } catch (error) {
    $("name-problem").textContent =
      error.code === "INVALID_INPUT"
        ? "A name has 1 to 24 letters, digits, spaces and . _ ' -, and begins with a letter or digit."
        : error.message;
    $("name").focus();
  } finally {
    button.disabled = false;
  }
};

$("leave").onclick = async () => {
  live.close();
  await ask("DELETE", "/chat/session").catch(() => undefined);
  signedOut("");
};

// Talks

function roomTalk(name) {
  return talkOf(`room/${name}`, { room: name, url: `/chat/rooms/${name}/messages` });
}

function personTalk(person) {
  return talkOf(`person/${person.id}`, { person, url: `/chat/people/${person.id}/messages` });
}

function talkOf(key, about) {
  if (!talks.has(key)) talks.set(key, { ...about, entries: [], draft: "", unread: 0 });
  return talks.get(key);
}

function openRoom(name) {
  if (name !== room) members = [];
  room = name;
  location.hash = name;
  live.enter(name);
  open(roomTalk(name));
}

function open(talk) {
  if (shown !== undefined) shown.draft = $("text").value;
  shown = talk;
  talk.unread = 0;
  $("text").value = talk.draft;
  $("not-sent").textContent = "";
  $("talks").classList.remove("open");
  $("open-talks").setAttribute("aria-expanded", "false");
  $("title").textContent = talk.room === undefined ? talk.person.name : `# ${talk.room}`;
  document.title = `${talk.room ?? talk.person.name} · chat`;
  showTalk();
  showNavigation();
  if (talk.person !== undefined) load(talk);
  $("text").focus();
}

/** Asks what was said, and puts it together with what has come meanwhile. */
async function load(talk) {
  try {
    merge(talk, await ask("GET", talk.url));
    if (talk === shown) showTalk();
  } catch (error) {
    if (error.status === 401 || error.status === 403) signedOut("Please come in again.");
    else if (talk === shown)
      $("not-sent").textContent = `What was said before is not here: ${error.message}`;
  }
}

/** Puts messages among the others, and answers whether there was a new one. */
function merge(talk, messages) {
  const known = new Set(talk.entries.map((entry) => entry.id));
  const fresh = messages.filter((message) => !known.has(message.id));
  talk.entries.push(...fresh);
  talk.entries.sort((one, other) => one.at - other.at);
  return fresh.length > 0;
}

function received(message) {
  const talk =
    message.room === undefined
      ? personTalk(message.from.id === me.id ? message.to : message.from)
      : roomTalk(message.room);
  add(talk, message);
  if (talk !== shown) showNavigation();
}

function add(talk, message) {
  const last = talk.entries.at(-1);
  if (!merge(talk, [message])) return;
  if (talk !== shown && message.from.id !== me.id) talk.unread += 1;
  showAdded(talk, message, last);
}

/** Somebody came or went: that is said in the room, and is no message. */
function told(all, text) {
  showMembers(all);
  const talk = roomTalk(room);
  const entry = { id: `${text}${Date.now()}`, aside: text, at: talk.entries.at(-1)?.at ?? 0 };
  talk.entries.push(entry);
  showAdded(talk, entry, undefined);
}

function showAdded(talk, entry, before) {
  const kept = lastOf(talk.entries);
  const isLast = kept === talk.entries && kept.at(-1) === entry;
  talk.entries = kept;
  if (talk !== shown) return;
  if (isLast) addMessage(entry, before);
  else showTalk(readAbove());
}

function showMembers(all) {
  members = all.sort((one, other) => one.name.localeCompare(other.name));
  showNavigation();
}

function showTalk(fromEnd = 0) {
  showMessages(shown.entries, "Nothing was said yet. Be the first.", fromEnd);
}

function showNavigation() {
  const focused = document.activeElement?.closest?.("nav button")?.textContent;
  $("rooms").replaceChildren(
    ...rooms.map((name) =>
      talkButton({
        before: hash(),
        name,
        current: shown?.room === name,
        unread: talks.get(`room/${name}`)?.unread ?? 0,
        onclick: () => openRoom(name),
      }),
    ),
  );
  $("people").replaceChildren(...members.map((member) => personButton(member)));
  const here = new Set(members.map(({ id }) => id));
  const others = [...talks.values()].filter(({ person }) => person && !here.has(person.id));
  $("elsewhere").hidden = others.length === 0;
  $("direct").replaceChildren(...others.map(({ person }) => personButton(person)));
  $("how-many").textContent = members.length === 0 ? "" : `(${members.length})`;
  $("about").textContent = shown?.room === undefined ? "Only the two of you see this." : presence();
  if (focused !== undefined) {
    [...document.querySelectorAll("nav button")]
      .find((one) => one.textContent === focused)
      ?.focus();
  }
}

function presence() {
  if (members.length === 0 || !isLive) return "";
  return members.length === 1
    ? "Nobody else is here. Open this page in a private window."
    : `${members.length} people are here.`;
}

function personButton(person) {
  const mine = person.id === me.id;
  return talkButton({
    before: face(person),
    name: mine ? `${person.name} (you)` : person.name,
    current: shown?.person?.id === person.id,
    unread: talks.get(`person/${person.id}`)?.unread ?? 0,
    disabled: mine,
    onclick: () => open(personTalk(person)),
  });
}

// Writing

$("compose").onsubmit = async (event) => {
  event.preventDefault();
  const talk = shown;
  const text = $("text").value.trim();
  if (text === "") return;
  $("text").value = "";
  $("not-sent").textContent = "";
  showLeft();
  live.written();
  try {
    add(talk, await ask("POST", talk.url, { text }));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.status === 401 || error.status === 403) return signedOut("Please come in again.");
    giveBack(talk, text, error);
  }
};

/** What could not be sent is in the field again, before what was written since. */
function giveBack(talk, text, error) {
  if (talk !== shown) {
    talk.draft = [text, talk.draft].filter(Boolean).join("\n");
    return;
  }
  $("text").value = [text, $("text").value].filter(Boolean).join("\n");
  $("not-sent").textContent = `Not sent: ${error.message}`;
}

$("text").onkeydown = (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("compose").requestSubmit();
};
$("text").oninput = () => {
  showLeft();
  if (shown.room !== undefined && $("text").value !== "") live.writing();
};

function showLeft() {
  const left = 1_000 - $("text").value.length;
  $("left").textContent = left < 200 ? `${left} left` : "";
}

function showTyping(names) {
  const shownNames = names.length > 2 ? [`${names.length} people`] : names;
  $("typing").textContent =
    names.length === 0
      ? ""
      : `${shownNames.join(" and ")} ${names.length === 1 ? "is" : "are"} writing…`;
}

$("open-talks").onclick = () => {
  const isOpen = $("talks").classList.toggle("open");
  $("open-talks").setAttribute("aria-expanded", String(isOpen));
};

// The connection

const STATES = {
  connected: ["live", "online"],
  connecting: ["waiting", "connecting…"],
  unavailable: ["waiting", "offline, trying again…"],
  disconnected: ["failed", "disconnected"],
  failed: ["failed", "cannot connect"],
};
let isLive = false;
let wasLive = false;

function showState(current) {
  const [state, text] = STATES[current] ?? STATES.connecting;
  $("state").dataset.state = state;
  $("state").textContent = text;
  document.body.classList.toggle("stale", state !== "live");
  $("banner").hidden = state === "live" || (!wasLive && state === "waiting");
  $("banner").querySelector("span").textContent =
    state === "failed"
      ? "The server does not take this connection."
      : "The connection is lost. Trying again; what you write is kept.";
  $("again").hidden = state !== "failed";
  isLive = state === "live";
  wasLive ||= isLive;
  showNavigation();
  if (current === "disconnected") leaveIfSignedOut();
}

/** The node closes the connections of who has signed out, in another tab for example. */
async function leaveIfSignedOut() {
  const answer = await ask("GET", "/chat/session").catch(() => undefined);
  if (answer?.me === null) signedOut("You have signed out elsewhere.");
}

$("again").onclick = () => live.again();

enter().catch((error) => showDoor(error.message));
