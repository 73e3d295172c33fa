import fastJson from "fast-json-stringify";
import { is } from "./is.js";

const stringify = fastJson({
  type: "object",
  properties: { id: { type: "integer" }, tags: { type: "array", items: { type: "string" } } },
});
is(stringify({ id: 1, tags: ['a"b'], hidden: true }), '{"id":1,"tags":["a\\"b"]}');
