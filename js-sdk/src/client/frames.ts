/** A number as LEB128: seven bits a byte, the low ones first. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}

/** A packet of bytes as the node sends it. */
export interface Packet {
  /** What stands for its topic. */
  readonly number: number;
  readonly offset: number;
  readonly data: Uint8Array;
}

/** Reads `0x01`, number, offset, packet; undefined for anything else. */
export function packetOf(bytes: Uint8Array): Packet | undefined {
  let at = 1;
  const next = (): number => {
    let value = 0;
    for (let factor = 1; at < bytes.length; factor *= 128) {
      const byte = bytes[at++] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        return value;
      }
    }
    at = bytes.length + 1; // it was cut
    return 0;
  };
  const number = next();
  const offset = next();
  return bytes[0] !== 1 || at > bytes.length
    ? undefined
    : { number, offset, data: bytes.subarray(at) };
}

/** `0x02`, number, packet: a publication of bytes. */
export function published(number: number, packet: Uint8Array): Uint8Array {
  const head = [2, ...varint(number)];
  const bytes = new Uint8Array(head.length + packet.length);
  bytes.set(head);
  bytes.set(packet, head.length);
  return bytes;
}

/** Whether a topic is one that a pattern means. */
export function matches(pattern: string, topic: string): boolean {
  // The topics of the node's own network come without its name.
  const own = topic.includes(":") ? pattern : pattern.slice(pattern.indexOf(":") + 1);
  const wanted = own.split("/");
  const given = topic.split("/");
  for (const [index, segment] of wanted.entries()) {
    const here = given[index];
    if (here === undefined) {
      return false;
    }
    if (segment === ">") {
      return true;
    }
    if (segment !== "*" && !segment.startsWith("{") && segment !== here) {
      return false;
    }
  }
  return wanted.length === given.length;
}

/** Whether it is more than one topic. */
export function isPattern(text: string): boolean {
  return /[*>{]/.test(text);
}
