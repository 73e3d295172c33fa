import { type Electrode, RATE } from "./montage.ts";

/** What the brain, the eyes and the muscles do; each is seen best from somewhere. */
interface Source {
  readonly x: number;
  readonly y: number;
  /** How far it is seen. */
  readonly reach: number;
  /** In µV, at a time in seconds. */
  readonly at: (seconds: number) => number;
}

/**
 * A head that does not exist: an awake person with closed eyes, whose alpha waves come and go at
 * the back of the head, who blinks, and clenches the teeth now and then. The same seed gives the
 * same head.
 */
export class Head {
  readonly #noise: () => number;
  readonly #sources: readonly Source[];
  /** By electrode, then by source. */
  readonly #weights: Float64Array;
  readonly #drifts: readonly { readonly amplitude: number; readonly phase: number }[];
  #seconds = 0;

  constructor(electrodes: readonly Electrode[], seed = 1) {
    this.#noise = random(seed);
    this.#sources = sourcesOf(random(seed + 1));
    this.#weights = new Float64Array(electrodes.length * this.#sources.length);
    electrodes.forEach(({ x, y }, electrode) => {
      this.#sources.forEach((source, number) => {
        const distance = (x - source.x) ** 2 + (y - source.y) ** 2;
        this.#weights[electrode * this.#sources.length + number] = Math.exp(
          -distance / source.reach ** 2,
        );
      });
    });
    this.#drifts = electrodes.map(() => ({
      amplitude: 18 * this.#noise(),
      phase: 2 * Math.PI * this.#noise(),
    }));
  }

  /** Writes the next sample of each electrode, in µV. */
  sample(into: Float32Array, from: number): void {
    const seconds = this.#seconds;
    const now = this.#sources.map((source) => source.at(seconds));
    const line = 6 * Math.sin(2 * Math.PI * 50 * seconds);
    this.#drifts.forEach(({ amplitude, phase }, electrode) => {
      let microvolts = 7 * (this.#noise() - 0.5) + line;
      microvolts += amplitude * Math.sin(2 * Math.PI * 0.13 * seconds + phase);
      for (let source = 0; source < now.length; source++) {
        microvolts += (this.#weights[electrode * now.length + source] ?? 0) * (now[source] ?? 0);
      }
      into[from + electrode] = microvolts;
    });
    this.#seconds += 1 / RATE;
  }
}

function sourcesOf(noise: () => number): Source[] {
  const wave = (hertz: number, seconds: number, phase = 0) =>
    Math.sin(2 * Math.PI * hertz * seconds + phase);
  const waxing = (seconds: number) => 0.25 + 0.75 * Math.sin(Math.PI * 0.17 * seconds) ** 2;
  const blink = every(4.1, 0.3);
  const clench = every(11.7, 1.1);
  const alpha = (phase: number) => (seconds: number) =>
    30 * waxing(seconds) * wave(10.2, seconds, phase + 0.9 * wave(0.3, seconds));
  return [
    { x: -0.25, y: -0.75, reach: 0.55, at: alpha(0) },
    { x: 0.25, y: -0.75, reach: 0.55, at: alpha(0.7) },
    { x: 0, y: 0.35, reach: 0.4, at: (s) => 11 * wave(6.1, s) * (0.4 + 0.6 * wave(0.11, s) ** 2) },
    { x: -0.4, y: 0, reach: 0.35, at: (s) => 7 * wave(19.3, s) * wave(0.23, s) },
    { x: 0.4, y: 0, reach: 0.35, at: (s) => 7 * wave(21.1, s) * wave(0.19, s, 1) },
    { x: 0, y: 0.1, reach: 1.1, at: (s) => 9 * wave(1.7, s) + 5 * wave(2.9, s, 2) },
    { x: -0.3, y: 1, reach: 0.45, at: (s) => 130 * blink(s) ** 2 },
    { x: 0.3, y: 1, reach: 0.45, at: (s) => 125 * blink(s) ** 2 },
    { x: -0.85, y: 0.05, reach: 0.3, at: (s) => 90 * clench(s) * (noise() - 0.5) },
    { x: 0.85, y: 0.05, reach: 0.3, at: (s) => 90 * clench(s) * (noise() - 0.5) },
  ];
}

/** Half a wave of a length, once in a period, and 0 between. */
function every(period: number, length: number): (seconds: number) => number {
  return (seconds) => {
    const into = (seconds + period - 1.5) % period;
    return into < length ? Math.sin((Math.PI * into) / length) : 0;
  };
}

/** From 0 to 1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
}
