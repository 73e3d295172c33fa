import { Topics } from "./topics.js";

const $ = (id) => document.getElementById(id);
const controls = document.querySelectorAll("button");

const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/topics`;
const node = new Topics(url, (state, seconds) => {
  $("state").dataset.state = state;
  $("state").textContent =
    { connecting: "connecting…", live: "live" }[state] ?? `reconnecting in ${seconds.toFixed(1)} s`;
  for (const button of controls) button.disabled = state !== "live";
  if (state === "live") showCurrent();
});

node.subscribe("counter/value", (event, topic) => {
  show(event.value);
  const sign = event.by > 0 ? `+${event.by}` : `${event.by}`.replace("-", "−");
  $("source").textContent = `${sign} by ${event.source === "script" ? "the script" : "a page"}`;
  log(topic, `${event.value}  (${sign}, ${event.source})`);
});
node.subscribe("counter/uptime", ({ seconds }) => {
  $("uptime").textContent = `script up ${seconds} s`;
});
node.subscribe("math/result", ({ text }, topic) => log(topic, text));

for (const button of document.querySelectorAll("[data-by]")) {
  button.onclick = () =>
    node.publish("counter/increment", { by: Number(button.dataset.by) }).catch(failed);
}
$("reset").onclick = () => node.request("counter/reset").catch(failed);

$("sum").onsubmit = async (event) => {
  event.preventDefault();
  const began = performance.now();
  const input = { a: $("a").valueAsNumber, b: $("b").valueAsNumber };
  try {
    $("result").textContent = await node.request($("action").value, input);
    $("result").className = "";
    $("took").textContent = `${$("action").value} answered in ${(performance.now() - began).toFixed(1)} ms`;
  } catch (error) {
    $("result").textContent = error.message;
    $("result").className = "failed";
    $("took").textContent = error.code ?? "";
  }
};

async function showCurrent() {
  try {
    show((await node.request("counter/current")).value);
  } catch (error) {
    failed(error);
  }
}

function show(value) {
  const count = $("count");
  count.textContent = String(value).replace("-", "−");
  count.classList.remove("bump");
  void count.offsetWidth; // starts the animation again
  count.classList.add("bump");
}

function failed(error) {
  log(error.code ?? "error", error.message);
}

/** Newest first; the log keeps 100 lines. */
function log(topic, text) {
  const line = document.createElement("li");
  const [time, name, detail] = ["time", "b", "span"].map((tag) => document.createElement(tag));
  time.textContent = new Date().toLocaleTimeString("en-GB");
  name.textContent = topic;
  detail.textContent = text;
  line.append(time, name, detail);
  $("events").prepend(line);
  while ($("events").childElementCount > 100) $("events").lastElementChild.remove();
}
