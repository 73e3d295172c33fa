import { describe, expect, test } from "vitest";
import { parametersOf } from "../src/parameters.js";

type Handler = (...args: never[]) => unknown;

/** From text, so that no transpiler changes it. */
const handler = (js: string): Handler => new Function(`return (${js});`)() as Handler;
const names = (js: string): readonly string[] | null =>
  parametersOf(handler(js), "action math/add").names;

describe("the names of", () => {
  test.each<[string, readonly string[] | null]>([
    ["(a, b) => a", ["a", "b"]],
    ["(a, b, ctx) => a", ["a", "b"]],
    ["(a, b, context) => a", ["a", "b"]],
    ["(a, _ctx) => a", ["a"]],
    ["(_context) => 1", []],
    ["() => 1", []],
    ["a => a", ["a"]],
    ["ctx => 1", []],
    ["async a => a", ["a"]],
    ["async => async", ["async"]],
    ["async (a, ctx) => a", ["a"]],
    ["function (a, b) {}", ["a", "b"]],
    ["function add(a, b, ctx) {}", ["a", "b"]],
    ["async function add(a) {}", ["a"]],
    ["{ add(a, b) {} }.add", ["a", "b"]],
    ["{ async add(a, ctx) {} }.add", ["a"]],
    ["{ async(a) {} }.async", ["a"]],
    ["{ get(a) {} }.get", ["a"]],
    ["{ class(a) {} }.class", ["a"]],
    ["{ 'odd name'(a) {} }['odd name']", ["a"]],
    ["{ 1.5(a) {} }[1.5]", ["a"]],
    ["{ ['x(' + `${')'}`](a) {} }['x()']", ["a"]],
    ["class { static add(a, ctx) {} }.add", ["a"]],
    ["(a /* , x */, // , y\n b) => a", ["a", "b"]],
    ["/* ( */ (a) /* ) */ => a", ["a"]],
    ["(a, b,) => a", ["a", "b"]],
    ["(a = 1, b = [1, (2, 3)], c = { d: ',', e: ')' }) => a", ["a", "b", "c"]],
    ['(a = \',)(\', b = "\\"),", c) => a', ["a", "b", "c"]],
    ["(a = `x${ [1, `)${'}'}`].length },`, b) => a", ["a", "b"]],
    ["(a = /[)/,]/g, b = 4 / 2 / 1, c) => a", ["a", "b", "c"]],
    ["(a = typeof /,/ , b) => a", ["a", "b"]],
    ["(a = (1) / 2, b = 3 /1) => a", ["a", "b"]],
    ["(a = (x, y) => { if (x) /[)]/.test(y); return x }, b) => a", ["a", "b"]],
    ["(a = function (q, r) { return q > r }, b = class { m(x) {} }) => a", ["a", "b"]],
    ["(a = b => b >= 1, c = 0.5e3, d = 1_000n) => a", ["a", "c", "d"]],
    ["(größe, $b, _c, 名) => 1", ["größe", "$b", "_c", "名"]],
    ["({ a, b }) => a", null],
    ["({ a, b: { c } = {} }, ctx) => a", null],
    ["([a, b]) => a", null],
    ["({ a, b } = {}, ctx) => a", null],
    ["{ add({ a }, ctx) {} }.add", null],
    ["(context, question) => 1", ["context", "question"]],
    ["function () { return '[native code]' }", []],
  ])("%s", (js, expected) => {
    expect(names(js)).toEqual(expected);
  });
});

describe("cannot be known for", () => {
  test.each<[string, string]>([
    ["(...args) => 1", "rest parameter"],
    ["(a, ...rest) => 1", "rest parameter"],
    ["(a, { b }) => 1", "destructuring pattern"],
    ["({ a }, b, ctx) => 1", "destructuring pattern"],
    ["((a, b) => a).bind(null)", "bound or built-in"],
    ["Math.max", "bound or built-in"],
    ["new Proxy((a) => a, {})", "bound or built-in"],
    ["function (a, a) {}", "two parameters are named a"],
    ["class Add {}", "is a class"],
    ["class { constructor(a) {} }", "is a class"],
    ["function* (a) {}", "is a generator"],
    ["{ *add(a) {} }.add", "is a generator"],
    ["Object.defineProperty((a) => a, 'length', { value: 3 })", "does not agree with its length"],
  ])("%s", (js, message) => {
    expect(() => names(js)).toThrow(message);
    expect(() => names(js)).toThrow("action math/add");
  });
});
