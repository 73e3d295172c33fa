// Wrong arguments to every export: a typed error or the answer for a stale handle, and never a crash.
import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "./run.mjs";

const TYPE = "TypeError ERR_INVALID_ARG_TYPE";
const RANGE = "RangeError ERR_OUT_OF_RANGE";
const stale = {
  drain: "undefined",
  ref: "undefined",
  unref: "undefined",
  close: 0,
  stats: "undefined",
};

test("every export answers what it is not made for", async () => {
  const { said, code, signal, stderr } = await run("misuse.mjs");
  assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: "" });
  const expected = {
    "send(number,object,number)": [...Array(9).fill(2), ...Array(5).fill(TYPE), RANGE, 0, 3],
    "send(number,undefined,number)": [TYPE],
    "send(number,string,number)": [TYPE],
    "send(number,object,number,string)": [TYPE],
    lengths: [...Array(3).fill("ERR_INVALID_ARG_TYPE"), ...Array(5).fill("ERR_OUT_OF_RANGE")],
    "drain(number,number)": [RANGE, RANGE],
    "drain(number,string)": [TYPE],
    "drain(number,object)": [TYPE],
    "open()": [TYPE],
    "open(object)": [TYPE],
    "open(function,number)": [TYPE],
    "open(function,object)": [
      ...[TYPE, TYPE], // limits null, maxBytes "1"
      ...Array(5).fill(RANGE), // maxBytes
      ...[TYPE, RANGE, RANGE], // reservedBytes
      "SyntaxError undefined", // the getter's own
    ],
    "boot()": [TYPE],
    "boot(number,object,string)": [TYPE],
    "boot(string,string,string)": [TYPE],
    "boot(string,object,string)": [...Array(4).fill(TYPE), "SyntaxError undefined"],
    "shutdown()": [TYPE],
    "shutdown(string)": [TYPE],
    "shutdown(number)": Array(4).fill(RANGE),
    "shutdown(number,string)": [TYPE],
    limit: [256, "ERR_LIMIT"],
  };
  for (const type of ["undefined", "object", "string", "symbol", "boolean", "bigint", "function"]) {
    const count = type === "object" ? 3 : 1;
    expected[`send(${type},object,number)`] = Array(count).fill(TYPE);
    for (const name of Object.keys(stale)) expected[`${name}(${type})`] = Array(count).fill(TYPE);
  }
  for (const name of Object.keys(stale)) expected[`${name}(number)`] = Array(9).fill(stale[name]);
  assert.deepEqual(said, expected);
});
