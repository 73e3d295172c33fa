// What the tests and the programs that they start share: where the addon is, how it boots, and
// frames of the test sink (src/test/java). Runs under Node.js and Bun.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const target = fileURLToPath(new URL("../target/", import.meta.url));
export const addonPath = process.env.RUNAR_ADDON ?? join(target, "runar_native.node");
export const mainClass = "dev.runar.internal.host.EchoSinks";

/** The folder of a JDK 25 or newer. */
export function findJdk() {
  const debian = "/usr/lib/jvm";
  const places = [process.env.RUNAR_JAVA_HOME, process.env.JAVA_HOME];
  if (existsSync(debian)) places.push(...readdirSync(debian).map((name) => join(debian, name)));
  for (const place of places) {
    const release = join(place ?? "/nowhere", "release");
    if (
      existsSync(release) &&
      /^JAVA_VERSION="(2[5-9]|[3-9]\d)/m.test(readFileSync(release, "utf8"))
    )
      return place;
  }
  throw new Error("no JDK 25 or newer: set RUNAR_JAVA_HOME");
}

export const libjvm = () => join(findJdk(), "lib", "server", "libjvm.so");
export const classPath = [join(target, "classes"), join(target, "test-classes")].join(delimiter);
export const options = (...more) => [
  `-Djava.class.path=${classPath}`,
  "-XX:-UsePerfData",
  "-Xmx256m",
  "-XX:ErrorFile=/dev/stderr",
  "--enable-native-access=ALL-UNNAMED",
  ...(process.env.RUNAR_TEST_OPTIONS ?? "").split(" ").filter(Boolean),
  ...more,
];

export const loadAddon = (path = addonPath) => createRequire(import.meta.url)(path);

/** A frame of the test sink: a command and its data, a string or numbers of 32 bits. */
export function frame(command, ...data) {
  const body = data.map((part) => {
    if (typeof part === "number") {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(part);
      return bytes;
    }
    return Buffer.from(part);
  });
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(command), ...body]);
  bytes.writeUInt32LE(bytes.length - 4);
  return new Uint8Array(bytes);
}

/** Calls `each` with the command and the data of every frame of a batch. */
export function frames(batch, each) {
  const buffer = Buffer.from(batch.buffer, batch.byteOffset, batch.byteLength);
  for (let at = 0; at < buffer.length; ) {
    const length = buffer.readUInt32LE(at);
    each(String.fromCharCode(buffer[at + 4]), buffer.subarray(at + 5, at + 4 + length));
    at += 4 + length;
  }
}

/** Bun before 1.4 (T3). */
const losesRings = /^1\.[0-3]\./.test(process.versions.bun ?? "");

/** A booted link: drains by turns, as a transport does. */
export class Bridge {
  constructor(addon, limits, each) {
    this.addon = addon;
    this.each = each;
    this.rings = [];
    this.waiting = [];
    this.scheduled = false;
    this.exit = (code) => process.exit(code);
    this.failed = (error) => {
      throw error;
    };
    const bridge = this;
    this.handle = addon.open(function (...args) {
      if (args.length > 0 || (this !== undefined && this !== globalThis))
        bridge.rings.push([this, args]);
      bridge.rung();
    }, limits);
    addon.ref(this.handle);
    if (losesRings) setInterval(() => this.drain(), 2).unref();
  }

  /** On Bun a drain inside the doorbell would run in a loop of its own (T15, T16). */
  rung() {
    if (process.versions.bun === undefined) this.drain();
    else this.later();
  }

  /** At most one drain is scheduled. */
  later(schedule = setImmediate) {
    if (this.scheduled) return;
    this.scheduled = true;
    schedule(() => {
      this.scheduled = false;
      this.drain();
    }, 0);
  }

  drain() {
    try {
      const until = Date.now() + 8;
      while (Date.now() < until) {
        const batch = this.addon.drain(this.handle);
        if (typeof batch === "number") return this.exit(batch);
        if (batch === undefined) return this.flush();
        frames(batch, this.each);
      }
      // From 1.3 on Bun ends after an uncaught exception only when no immediate waits.
      this.later(process.versions.bun === undefined ? setImmediate : setTimeout);
    } catch (error) {
      this.failed(error);
    }
  }

  /** What was refused as full is sent when the doorbell rings. */
  flush() {
    while (this.waiting.length > 0 && this.offer(this.waiting[0]) !== 1) this.waiting.shift();
  }

  offer(bytes, reserved) {
    return this.addon.send(this.handle, bytes, bytes.length, reserved);
  }

  send(command, ...data) {
    const bytes = frame(command, ...data);
    if (this.waiting.length > 0) this.waiting.push(bytes);
    else if (this.offer(bytes) === 1) this.waiting.push(bytes);
  }
}

/** Boots, and ends Java with the process, as a transport does on the main thread. */
export async function boot(addon = loadAddon(), ...more) {
  process.on("exit", (code) => addon.shutdown(code ?? process.exitCode ?? 0));
  await addon.boot(libjvm(), options(...more), mainClass);
  return addon;
}
