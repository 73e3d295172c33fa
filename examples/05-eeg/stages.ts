import { defineService, type Node, type ServiceDefinition } from "runar-ts";
import { bandPass, Filter, highPass, lowPass, notch } from "./filter.ts";
import { Head } from "./head.ts";
import { MONTAGE, RATE, SAMPLES } from "./montage.ts";
import { PacketBuffer, read } from "./packet.ts";

/** What the stages hand on: a stage knows no more of another than its topic. */
export const TOPICS = {
  voltage: "eeg/voltage",
  filtered: "eeg/filtered",
  bands: "eeg/bands",
} as const;

/** From and to, in Hz. */
export const BANDS: Readonly<Record<string, readonly [from: number, to: number]>> = {
  delta: [1, 4],
  theta: [4, 8],
  alpha: [8, 13],
  beta: [13, 30],
};

/** A producer that was held up for longer than this leaves out what it should have written, in s. */
const CATCH_UP = 1;

/** Packets between two events with the power of the bands. */
const BANDS_EVERY = 8;

/** Counts of the pipeline that runs. */
export class Counts {
  packets = 0;
  samples = 0;
  /** Packets that somebody did not get; each viewer that reads too slowly is told by the node. */
  dropped = 0;
  /** Samples that were never made, as the script was held up. */
  skipped = 0;
}

/** The amplifier: writes the voltage at the head by the clock. */
export function source(node: Node, counts: Counts): ServiceDefinition {
  const writer = node.broker.topic(TOPICS.voltage);
  const head = new Head(MONTAGE);
  const packet = new PacketBuffer(MONTAGE.length, SAMPLES);
  let timer: ReturnType<typeof setInterval> | undefined;
  let began = 0;

  function catchUp() {
    const due = Math.floor(((performance.now() - began) / 1_000) * RATE);
    const late = due - counts.samples - CATCH_UP * RATE;
    if (late > 0) {
      const packets = Math.ceil(late / SAMPLES);
      counts.skipped += packets * SAMPLES;
      counts.samples += packets * SAMPLES;
    }
    while (counts.samples + SAMPLES <= due) write();
  }

  function write() {
    for (let sample = 0; sample < SAMPLES; sample++) {
      head.sample(packet.microvolts, sample * MONTAGE.length);
    }
    if (writer.write(packet.name(counts.samples, Date.now())) === "DROPPED") counts.dropped += 1;
    counts.samples += SAMPLES;
    counts.packets += 1;
  }

  return defineService({
    name: "eeg-source",
    path: "source",
    description: "64 electrodes at 256 Hz, of a head that does not exist",
    topics: {
      [TOPICS.voltage]: { description: "64 electrodes as float32, in µV", rate: RATE / SAMPLES },
    },
    start: () => {
      began = performance.now();
      timer = setInterval(catchUp, (1_000 * SAMPLES) / RATE);
    },
    stop: () => clearInterval(timer),
  });
}

/** Takes out drift, mains and what is faster than 40 Hz. */
export function filter(node: Node): ServiceDefinition {
  const writer = node.broker.topic(TOPICS.filtered);
  const stage = new Filter(MONTAGE.length, highPass(0.7), notch(50), lowPass(40));
  const packet = new PacketBuffer(MONTAGE.length, SAMPLES);
  return defineService({
    name: "eeg-filter",
    path: "filter",
    description: "0.7 to 40 Hz, without 50 Hz",
    topics: {
      [TOPICS.filtered]: { description: "the same, filtered", rate: RATE / SAMPLES },
    },
    events: {
      [TOPICS.voltage]: (bytes: Uint8Array) => {
        const { first, at, electrodes, microvolts } = read(bytes);
        for (let number = 0; number < microvolts.length; number++) {
          packet.microvolts[number] = stage.next(number % electrodes, microvolts[number] ?? 0);
        }
        writer.write(packet.name(first, at));
      },
    },
  });
}

/** Says four times a second how strong the bands are at each electrode, in µV. */
export function bands(node: Node): ServiceDefinition {
  const stages = Object.entries(BANDS).map(([name, [from, to]]) => ({
    name,
    filter: new Filter(MONTAGE.length, bandPass(from, to)),
    power: new Float64Array(MONTAGE.length),
  }));
  const forgets = 1 - Math.exp(-1 / (0.8 * RATE));
  let packets = 0;

  function add(values: Float32Array, electrodes: number) {
    for (const { filter, power } of stages) {
      for (let number = 0; number < values.length; number++) {
        const electrode = number % electrodes;
        const value = filter.next(electrode, values[number] ?? 0);
        const before = power[electrode] ?? 0;
        power[electrode] = before + forgets * (value * value - before);
      }
    }
  }

  function now() {
    const rounded = (power: number) => Number(Math.sqrt(power).toFixed(2));
    return Object.fromEntries(stages.map(({ name, power }) => [name, [...power].map(rounded)]));
  }

  return defineService({
    name: "eeg-bands",
    path: "bands",
    description: "How strong the waves of each kind are",
    topics: {
      [TOPICS.bands]: {
        description: "the strength of four bands at each electrode, in µV",
        contentType: "application/json",
        rate: RATE / SAMPLES / BANDS_EVERY,
      },
    },
    events: {
      [TOPICS.filtered]: async (bytes: Uint8Array) => {
        const { at, electrodes, microvolts } = read(bytes);
        add(microvolts, electrodes);
        packets += 1;
        if (packets % BANDS_EVERY === 0) await node.publish(TOPICS.bands, { at, bands: now() });
      },
    },
  });
}
