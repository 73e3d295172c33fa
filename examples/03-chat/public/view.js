export const $ = (id) => document.getElementById(id);

/** An element with a class and text. Whatever people wrote goes through here, and stays text. */
function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** The initials of a person on a colour of their own. */
function face({ id, name }) {
  const initials = name
    .split(/\s+/, 2)
    .map((word) => [...word][0] ?? "")
    .join("");
  const made = element("span", "face", initials.toUpperCase());
  made.setAttribute("aria-hidden", "true");
  made.style.setProperty("--hue", String(parseInt(id.slice(0, 4), 16) % 360));
  return made;
}

/** One line of the navigation: `before`, a name, and how many are unread. */
export function talkButton({ before, name, current, unread, disabled, onclick }) {
  const line = document.createElement("li");
  const button = element("button");
  button.type = "button";
  button.disabled = disabled === true;
  button.onclick = onclick;
  if (current) button.setAttribute("aria-current", "true");
  button.append(before, element("span", "", name));
  if (unread > 0) {
    const badge = element("span", "unread", String(unread));
    badge.setAttribute("aria-label", `${unread} unread`);
    button.append(badge);
  }
  line.append(button);
  return line;
}

export const hash = () => {
  const made = element("span", "hash", "#");
  made.setAttribute("aria-hidden", "true");
  return made;
};
export { face };

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** Shows a talk: its end, or as far above the end as `fromEnd` says. */
export function showMessages(entries, emptyText, fromEnd = 0) {
  const log = $("messages");
  const list = document.createElement("ol");
  if (entries.length === 0) list.append(element("li", "empty", emptyText));
  list.append(...entries.map((entry, index) => lineOf(entry, entries[index - 1])));
  log.replaceChildren(list);
  log.scrollTop = log.scrollHeight - log.clientHeight - fromEnd;
}

/** How far above its end the talk is read; 0 who is nearly there. */
export function readAbove() {
  const log = $("messages");
  const above = log.scrollHeight - log.scrollTop - log.clientHeight;
  return above < 60 ? 0 : above;
}

/** Adds one entry below the others; who reads further up is not moved. */
export function addMessage(entry, before) {
  const log = $("messages");
  const atEnd = readAbove() === 0;
  log.querySelector(".empty")?.remove();
  log.firstElementChild.append(lineOf(entry, before));
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function lineOf(entry, before) {
  if (entry.aside !== undefined) return element("li", "aside", entry.aside);
  const line = element("li");
  if (before?.from?.id !== entry.from.id || entry.at - before.at > 300_000) {
    const head = document.createElement("div");
    const time = element("time", "", clock.format(entry.at));
    time.dateTime = new Date(entry.at).toISOString();
    head.append(element("b", "", entry.from.name), time);
    line.className = "first";
    line.append(face(entry.from), head);
  }
  line.append(element("p", "", entry.text));
  return line;
}
