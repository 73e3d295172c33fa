import _ from "lodash";
import chunk from "lodash/chunk.js";
import { is } from "./is.js";

is(chunk([1, 2, 3], 2), [[1, 2], [3]]);
is(_.merge({ a: { b: 1 } }, { a: { c: 2 } }), { a: { b: 1, c: 2 } });
is(_.groupBy(["one", "two", "three"], "length"), { 3: ["one", "two"], 5: ["three"] });
is(_.template("hello <%= name %>")({ name: "you" }), "hello you");
