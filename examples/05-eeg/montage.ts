/** Samples of each electrode in a second. */
export const RATE = 256;

/** Samples of each electrode in one packet: 32 packets are a second. */
export const SAMPLES = 8;

/** Bytes in front of the samples of a packet. */
export const HEAD = 16;

/** Where an electrode is, seen from above: the nose is at y = 1, the right ear at x = 1. */
export interface Electrode {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

const ROWS = [
  "Fp1 Fpz Fp2",
  "AF7 AF3 AFz AF4 AF8",
  "F7 F5 F3 F1 Fz F2 F4 F6 F8",
  "FT7 FC5 FC3 FC1 FCz FC2 FC4 FC6 FT8",
  "T7 C5 C3 C1 Cz C2 C4 C6 T8",
  "TP7 CP5 CP3 CP1 CPz CP2 CP4 CP6 TP8",
  "P9 P7 P5 P3 P1 Pz P2 P4 P6 P8 P10",
  "PO7 PO3 POz PO4 PO8",
  "O1 Oz O2",
  "Iz",
];

/** Where the rows cross the middle, and where the last of the row is on the head's rim. */
const MIDDLES = [0.8, 0.6, 0.4, 0.2, 0, -0.2, -0.4, -0.6, -0.8, -0.98];
const RIM = [108, 126, 144, 162, 180, 198, 216, 234, 252, 270];
const RIM_RADIUS = 0.8;

/** The 64 electrodes of the 10-10 system, from the front to the back. */
export const MONTAGE: readonly Electrode[] = ROWS.flatMap((row, number) =>
  row.split(" ").map((name) => electrode(name, number)),
);

function electrode(name: string, row: number): Electrode {
  const middle = MIDDLES[row] ?? 0;
  const number = Number(/\d+$/.exec(name)?.[0] ?? 0);
  if (number === 0) return { name, x: 0, y: middle };
  const last = row === 0 || row === 8 ? 1 : 4;
  const share = Math.ceil(number / 2) / last;
  const angle = ((RIM[row] ?? 180) * Math.PI) / 180;
  const x = RIM_RADIUS * Math.cos(angle) * share;
  const y = middle + (RIM_RADIUS * Math.sin(angle) - middle) * share ** 2;
  return { name, x: number % 2 === 1 ? x : -x, y };
}
