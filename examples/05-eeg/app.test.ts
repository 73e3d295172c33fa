import assert from "node:assert/strict";
import { test } from "node:test";
import { type Event, Node } from "runar-ts";
import "./app.ts";
import { bandPass, Filter, highPass, notch } from "./filter.ts";
import { Head } from "./head.ts";
import { MONTAGE, RATE, SAMPLES } from "./montage.ts";
import { PacketBuffer, read } from "./packet.ts";
import { TOPICS } from "./stages.ts";

const node = new Node();
const PATIENCE = { timeout: 20_000 };

test("64 electrodes have names and places of their own, on the head", () => {
  assert.equal(MONTAGE.length, 64);
  assert.equal(new Set(MONTAGE.map(({ name }) => name)).size, 64);
  const places = MONTAGE.map(({ x, y }) => `${x.toFixed(2)} ${y.toFixed(2)}`);
  assert.equal(new Set(places).size, 64);
  assert.ok(MONTAGE.every(({ x, y }) => Math.hypot(x, y) <= 1));
  const [left, right] = ["T7", "T8"].map((one) => MONTAGE.find(({ name }) => name === one));
  assert.ok((left?.x ?? 0) < 0 && left?.x === -(right?.x ?? 0));
});

test("the same seed is the same head, and another one is not", () => {
  const begin = (seed: number) => {
    const head = new Head(MONTAGE, seed);
    const samples = new Float32Array(SAMPLES * MONTAGE.length);
    for (let at = 0; at < SAMPLES; at++) head.sample(samples, at * MONTAGE.length);
    return samples;
  };
  assert.deepEqual(begin(1), begin(1));
  assert.notDeepEqual(begin(1), begin(2));
  assert.ok(begin(1).every((microvolts) => Math.abs(microvolts) < 400));
});

test("a packet reads as it was written", () => {
  const packet = new PacketBuffer(2, 3);
  packet.microvolts.set([1, -2, 3.5, 0, 100, -100]);
  const bytes = packet.name(4_000_000_000, 1_234.5);
  assert.equal(bytes.length, 16 + 2 * 3 * 4);
  assert.deepEqual(read(bytes), {
    first: 4_000_000_000,
    at: 1_234.5,
    electrodes: 2,
    microvolts: new Float32Array([1, -2, 3.5, 0, 100, -100]),
  });
});

test("filters let pass what they should, and nothing else", () => {
  const passed = (hertz: number, filter: Filter) => {
    let most = 0;
    for (let at = 0; at < 20 * RATE; at++) {
      const value = Math.abs(filter.next(0, Math.sin((2 * Math.PI * hertz * at) / RATE)));
      if (at > 15 * RATE) most = Math.max(most, value);
    }
    return most;
  };
  assert.ok(passed(10, new Filter(1, bandPass(8, 13))) > 0.95);
  assert.ok(passed(2, new Filter(1, bandPass(8, 13))) < 0.2);
  assert.ok(passed(50, new Filter(1, notch(50))) < 0.01);
  assert.ok(passed(0.05, new Filter(1, highPass(0.7))) < 0.02);
});

test("packets come one after another, from each stage the same samples", async () => {
  const firsts: Record<string, number[]> = { [TOPICS.voltage]: [], [TOPICS.filtered]: [] };
  const ids = await Promise.all(
    Object.keys(firsts).map((topic) =>
      node.subscribe<Uint8Array>(topic, (bytes) => {
        const { first, electrodes, microvolts } = read(bytes);
        assert.equal(electrodes, 64);
        assert.equal(microvolts.length, 64 * SAMPLES);
        firsts[topic]?.push(first);
      }),
    ),
  );
  while ((firsts[TOPICS.filtered]?.length ?? 0) < 20) await node.on(TOPICS.filtered, PATIENCE);
  await Promise.all(ids.map((id) => node.unsubscribe(id)));
  const inOrder = [...(firsts[TOPICS.filtered] ?? [])].sort((one, other) => one - other);
  assert.deepEqual(firsts[TOPICS.filtered], inOrder);
  assert.equal(new Set(inOrder).size, inOrder.length);
});

test("the strength of four bands is told for each electrode", async () => {
  const { payload } = (await node.on(TOPICS.bands, PATIENCE)) as Event<{
    bands: Record<string, number[]>;
  }>;
  assert.deepEqual(Object.keys(payload.bands), ["delta", "theta", "alpha", "beta"]);
  for (const values of Object.values(payload.bands)) {
    assert.equal(values.length, 64);
    assert.ok(values.every((value) => value >= 0 && value < 200));
  }
});

test("the pipeline stops and starts as often as one likes", async () => {
  const state = (action: string) =>
    node.request<{ running: boolean; packets: number }>(`pipeline/${action}`);
  for (let round = 0; round < 3; round++) {
    assert.equal((await state("stop")).running, false);
    assert.equal((await state("stop")).running, false);
    const [first, second] = await Promise.all([state("start"), state("start")]);
    assert.ok(first.running && second.running);
    await node.on(TOPICS.filtered, PATIENCE);
  }
});
