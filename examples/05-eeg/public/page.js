import { Feed, read } from "./feed.js";
import { Topography } from "./topography.js";
import { Traces } from "./traces.js";

const TEN_TWENTY = "Fp1 Fp2 F7 F3 F4 F8 T7 C3 Cz C4 T8 P3 Pz P4 O1 O2".split(" ");
const EVERY_OTHER = "Fz FC5 FC1 FC2 FC6 CP5 CP1 CP2 CP6 P7 P8 AF3 AF4 PO3 PO4 Oz".split(" ");
const SLOW = ["Fp1", "Cz", "Pz", "O1", "O2"];
const REGIONS = {
  frontal: /^(Fp|AF|F)[\dz]/,
  central: /^F?C[\dz]/,
  temporal: /^(FT|T|TP)\d/,
  parietal: /^(CP|P)[\dz]/,
  occipital: /^(PO|O|I)[\dz]/,
};
/** Whatever else is published there is not drawn: anybody may publish. */
const BANDS = { delta: "1–4 Hz", theta: "4–8 Hz", alpha: "8–13 Hz", beta: "13–30 Hz" };
const WORST_OF = 10_000;

const $ = (id) => document.getElementById(id);
const url = new URL("/topics?bytes=framed", location.href.replace(/^http/, "ws")).href;
const { electrodes, rate, topics } = await (await fetch("/pipeline/montage")).json();

const live = new Traces($("traces"), { electrodes, rate, seconds: 8, steady: true });
const slow = new Traces($("slow-traces"), { electrodes, rate, seconds: 16, steady: false });
const head = new Topography($("head"), electrodes);
const counts = { packets: 0, missed: 0 };
let running = false;
/** What came in the last second, and the worst of the last ten. */
let recent = [];
let worst = [];

const feed = new Feed(url, {
  state: (state) => tell(state === "live" ? (running ? "live" : "idle") : state),
  topics: (known) => recording(known.includes(topics.voltage)),
  appeared: (topic) => topic === topics.voltage && recording(true),
  disappeared: (topic) => topic === topics.voltage && recording(false),
  event: (topic, data) => topic === topics.bands && isPower(data?.bands) && power(data.bands),
  gap: (_, packets) => {
    counts.missed += packets;
  },
  packet: (topic, bytes, missed) => {
    if (topic !== topics[$("stage").value]) return;
    const packet = read(bytes);
    const now = performance.now();
    counts.packets += 1;
    counts.missed += missed;
    recent.push({ now, bytes: bytes.length, latency: Date.now() - packet.at });
    live.add(packet);
  },
});
let stage = topics[$("stage").value];
feed.subscribe(stage);
feed.subscribe(topics.bands);

function tell(state) {
  const words = {
    live: "live",
    idle: "connected, nothing is recorded",
    lost: "connection lost, trying again",
  };
  $("state").dataset.state = state;
  $("state").textContent = words[state] ?? state;
}

function recording(isRunning) {
  running = isRunning;
  tell(running ? "live" : "idle");
  $("toggle").disabled = false;
  $("toggle").textContent = running ? "Stop recording" : "Start recording";
}

function isPower(bands) {
  return Object.keys(BANDS).every((band) => bands?.[band]?.length === electrodes.length);
}

function power(bands) {
  for (const band of Object.keys(BANDS)) {
    const values = bands[band];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const row = bar(band);
    row.querySelector("i").style.width = `${Math.min(100, (100 * mean) / 14)}%`;
    row.lastElementChild.textContent = mean.toFixed(1);
  }
  regions(bands);
  const most = Math.max(...bands.alpha);
  head.draw(bands.alpha, 22);
  $("head-max").textContent =
    `most at ${electrodes[bands.alpha.indexOf(most)].name}, ${most.toFixed(0)} µV`;
}

function bar(band) {
  let row = document.querySelector(`[data-band="${band}"]`);
  if (row === null) {
    const part = (name, more) => Object.assign(document.createElement(name), more);
    row = part("div", { className: "band" });
    row.dataset.band = band;
    const track = part("div", { className: "bar" });
    track.append(part("i"));
    row.append(part("span", { textContent: `${band} ${BANDS[band]}` }), track, part("span"));
    $("power").append(row);
  }
  return row;
}

/** One cell for each band in each region of the head. */
function regions(bands) {
  const table = $("regions");
  if (table.childElementCount === 0) table.append(...regionCells(Object.keys(BANDS)));
  for (const band of Object.keys(BANDS)) {
    const values = bands[band];
    for (const [region, pattern] of Object.entries(REGIONS)) {
      const there = values.filter((_, number) => pattern.test(electrodes[number].name));
      const mean = there.reduce((sum, value) => sum + value, 0) / there.length;
      const cell = table.querySelector(`[data-cell="${region} ${band}"]`);
      cell.textContent = mean.toFixed(1);
      cell.style.setProperty("--share", `${Math.min(100, (100 * mean) / 18)}%`);
    }
  }
}

function regionCells(bands) {
  const word = (text, cell) => {
    const span = Object.assign(document.createElement("span"), { textContent: text });
    if (cell !== undefined) span.dataset.cell = cell;
    return span;
  };
  const rows = Object.keys(REGIONS).flatMap((region) => [
    word(region),
    ...bands.map((band) => word("", `${region} ${band}`)),
  ]);
  return [word(""), ...bands.map((band) => word(band)), ...rows];
}

// The slow one. Another pace is another viewer: who sleeps cannot be told.
let viewer;
let told = { gaps: 0, missed: 0 };
let slowReads = [];

function beSlow() {
  viewer?.terminate();
  viewer = new Worker("slow.js", { type: "module" });
  told = { gaps: 0, missed: 0 };
  slow.clear();
  viewer.onmessage = ({ data }) => {
    if (data.gap !== undefined) {
      told.gaps += 1;
      told.missed += data.gap;
      tellGaps();
      return;
    }
    slowReads.push(performance.now());
    $("slow-behind").textContent = (data.behind / 1_000).toFixed(1);
    slow.add(data);
  };
  tellGaps();
  viewer.postMessage({ url, topic: topics.voltage, pace: Number($("pace").value) });
}

function tellGaps() {
  const { gaps, missed } = told;
  Object.assign($("slow-told").dataset, told);
  $("slow-told").textContent =
    gaps === 0 ? "no gaps yet" : `was told of ${gaps} gap${gaps > 1 ? "s" : ""}, ${missed} packets`;
}

function numbers() {
  const now = performance.now();
  recent = recent.filter((one) => now - one.now < 1_000);
  slowReads = slowReads.filter((at) => now - at < 1_000);
  const latencies = recent.map(({ latency }) => latency).sort((one, other) => one - other);
  if (latencies.length > 0) worst.push({ now, latency: latencies.at(-1) });
  worst = worst.filter((one) => now - one.now < WORST_OF);
  const middle = latencies[Math.floor(latencies.length / 2)];
  $("rate").textContent = recent.length;
  $("kib").textContent = (recent.reduce((sum, one) => sum + one.bytes, 0) / 1_024).toFixed(1);
  $("latency").textContent = middle === undefined ? "–" : Math.max(0, middle).toFixed(0);
  const latest = Math.max(...worst.map(({ latency }) => latency));
  $("worst").textContent = worst.length === 0 ? "–" : latest.toFixed(0);
  $("packets").textContent = counts.packets;
  $("missed").textContent = counts.missed;
  $("missed").dataset.bad = counts.missed > 0;
  $("slow-rate").textContent = slowReads.length;
}

function choose() {
  const all = electrodes.map(({ name }) => name);
  const wanted = { 16: TEN_TWENTY, 32: [...TEN_TWENTY, ...EVERY_OTHER], 64: all }[$("shown").value];
  live.show(all.filter((name) => wanted.includes(name)));
}

$("shown").onchange = choose;
$("scale").onchange = () => live.scale(Number($("scale").value));
$("pace").onchange = beSlow;
$("stage").onchange = () => {
  feed.unsubscribe(stage);
  stage = topics[$("stage").value];
  live.clear();
  feed.subscribe(stage);
};
$("toggle").onclick = async () => {
  $("toggle").disabled = true;
  await fetch(`/pipeline/${running ? "stop" : "start"}`, { method: "POST" });
};

choose();
slow.show(SLOW);
slow.scale(100);
beSlow();
setInterval(numbers, 250);
requestAnimationFrame(function frame(now) {
  live.frame(now);
  slow.frame(now);
  document.documentElement.dataset.head = Math.floor(live.head);
  requestAnimationFrame(frame);
});
