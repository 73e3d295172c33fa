import { RATE } from "./montage.ts";

/** Coefficients of a second-order section, as in the Audio EQ Cookbook. */
export interface Section {
  readonly b: readonly [number, number, number];
  readonly a: readonly [number, number];
}

export function highPass(hertz: number, q = Math.SQRT1_2): Section {
  const { alpha, cosine } = angle(hertz, q);
  return section([(1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2], cosine, alpha);
}

export function lowPass(hertz: number, q = Math.SQRT1_2): Section {
  const { alpha, cosine } = angle(hertz, q);
  return section([(1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2], cosine, alpha);
}

/** Lets what is between two frequencies pass. */
export function bandPass(from: number, to: number): Section {
  const centre = Math.sqrt(from * to);
  const { alpha, cosine } = angle(centre, centre / (to - from));
  return section([alpha, 0, -alpha], cosine, alpha);
}

/** Takes out one frequency. */
export function notch(hertz: number, q = 12): Section {
  const { alpha, cosine } = angle(hertz, q);
  return section([1, -2 * cosine, 1], cosine, alpha);
}

/** Sections one after another, for each of several signals. */
export class Filter {
  readonly #sections: readonly Section[];
  /** Two numbers for each section of each signal. */
  readonly #state: Float64Array;

  constructor(signals: number, ...sections: Section[]) {
    this.#sections = sections;
    this.#state = new Float64Array(2 * signals * sections.length);
  }

  /** The next value of a signal. */
  next(signal: number, value: number): number {
    let at = 2 * signal * this.#sections.length;
    let out = value;
    for (const { a, b } of this.#sections) {
      const into = out;
      out = b[0] * into + (this.#state[at] ?? 0);
      this.#state[at] = b[1] * into - a[0] * out + (this.#state[at + 1] ?? 0);
      this.#state[at + 1] = b[2] * into - a[1] * out;
      at += 2;
    }
    return out;
  }
}

function angle(hertz: number, q: number): { alpha: number; cosine: number } {
  const radians = (2 * Math.PI * hertz) / RATE;
  return { alpha: Math.sin(radians) / (2 * q), cosine: Math.cos(radians) };
}

function section(b: [number, number, number], cosine: number, alpha: number): Section {
  const whole = 1 + alpha;
  return {
    b: [b[0] / whole, b[1] / whole, b[2] / whole],
    a: [(-2 * cosine) / whole, (1 - alpha) / whole],
  };
}
