import { HEAD } from "./montage.ts";

/**
 * Some samples of all electrodes. In bytes, little endian: the number of the first sample as uint32,
 * electrodes and samples as uint16, the time of the last sample as float64 in ms since 1970, then
 * the samples in µV as float32, one after another, of each all electrodes.
 */
export interface Packet {
  /** Counted from the start of the pipeline. */
  readonly first: number;
  readonly at: number;
  readonly electrodes: number;
  readonly microvolts: Float32Array;
}

/** A packet in bytes that can be filled again. */
export class PacketBuffer {
  readonly bytes: Uint8Array;
  readonly microvolts: Float32Array;
  readonly #head: DataView;

  constructor(electrodes: number, samples: number) {
    const buffer = new ArrayBuffer(HEAD + 4 * electrodes * samples);
    this.bytes = new Uint8Array(buffer);
    this.microvolts = new Float32Array(buffer, HEAD);
    this.#head = new DataView(buffer);
    this.#head.setUint16(4, electrodes, true);
    this.#head.setUint16(6, samples, true);
  }

  /** Says what is in it now. */
  name(first: number, at: number): Uint8Array {
    this.#head.setUint32(0, first, true);
    this.#head.setFloat64(8, at, true);
    return this.bytes;
  }
}

/** Reads a packet. */
export function read(bytes: Uint8Array): Packet {
  const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const electrodes = head.getUint16(4, true);
  const samples = head.getUint16(6, true);
  const body = bytes.slice(HEAD, HEAD + 4 * electrodes * samples);
  return {
    first: head.getUint32(0, true),
    at: head.getFloat64(8, true),
    electrodes,
    microvolts: new Float32Array(body.buffer),
  };
}
