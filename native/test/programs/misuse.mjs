// Calls every export with wrong arguments and prints what each answered or threw.
import { boot, frame, loadAddon } from "../bridge.mjs";

const addon = await boot(loadAddon());
const handle = addon.open(() => {}, { maxBytes: 64 });
const bytes = frame("E", "x");
const show = (value) => {
  if (value instanceof Promise) return "Promise";
  return value === undefined ? "undefined" : value;
};
const said = {};
function attempt(name, ...args) {
  const label = `${name}(${args.map((arg) => (typeof arg === "symbol" ? "symbol" : typeof arg)).join()})`;
  let answer;
  try {
    answer = show(addon[name](...args));
  } catch (error) {
    answer = `${error.constructor.name} ${error.code}`;
  }
  said[label] ??= [];
  said[label].push(answer);
}

function throwing(object, property) {
  const get = () => {
    throw new SyntaxError("on purpose");
  };
  return Object.defineProperty(object, property, { get, enumerable: true });
}

for (const name of ["send", "drain", "ref", "unref", "close", "stats"]) {
  const rest = name === "send" ? [bytes, bytes.length] : [];
  for (const wrong of [undefined, null, "1", {}, [], Symbol("x"), true, 1n, () => {}])
    attempt(name, wrong, ...rest);
  for (const stale of [
    0,
    -1,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    2 ** 64,
    handle + 65536,
    255,
  ])
    attempt(name, stale, ...rest);
}
const detached = new Uint8Array(8);
structuredClone(detached.buffer, { transfer: [detached.buffer] });
for (const wrong of [
  undefined,
  null,
  "x",
  {},
  new ArrayBuffer(4),
  new Int8Array(4),
  new DataView(new ArrayBuffer(4)),
])
  attempt("send", handle, wrong, 1);
said.lengths = [];
for (const length of [undefined, null, "1", -1, 1.5, bytes.length + 1, Number.NaN, 2 ** 40]) {
  try {
    said.lengths.push(show(addon.send(handle, bytes, length)));
  } catch (error) {
    said.lengths.push(error.code);
  }
}
attempt("send", handle, detached, 1);
attempt("send", handle, detached, 0);
attempt("send", handle, bytes, bytes.length, "yes");
attempt("send", handle, new Uint8Array(65), 65);
attempt("open");
attempt("open", {});
attempt("open", () => {}, null);
attempt("open", () => {}, 5);
for (const maxBytes of ["1", -1, 0, 4, 1.5, 2 ** 31]) attempt("open", () => {}, { maxBytes });
for (const reservedBytes of [null, 4, 2 ** 31]) attempt("open", () => {}, { reservedBytes });
attempt("open", () => {}, throwing({}, "maxBytes"));
for (const maxBytes of [0, -1, "5", null]) attempt("drain", handle, maxBytes);
attempt("boot");
attempt("boot", 1, [], "x");
attempt("boot", "x", "y", "z");
attempt("boot", "x", [1], "z");
attempt("boot", "x", ["a\0b"], "z");
attempt("boot", "", [], "z");
attempt("boot", "x", new Array(2000).fill("a"), "z");
attempt("boot", "x", throwing([], 0), "z");
attempt("shutdown");
attempt("shutdown", "1");
for (const code of [1.5, -(2 ** 31) - 1, 2 ** 32, Number.NaN]) attempt("shutdown", code);
attempt("shutdown", 0, "1");
const open = [];
try {
  for (;;) open.push(addon.open(() => {}));
} catch (error) {
  said.limit = [open.length + 1, error.code];
}
for (const one of open) addon.close(one);
console.log(JSON.stringify(said));
