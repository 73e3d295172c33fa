import { parse, stringify } from "yaml";
import { is } from "./is.js";

is(parse("a: &x [1, 2]\nb: *x\nc: |\n  two\n  lines\n"), { a: [1, 2], b: [1, 2], c: "two\nlines\n" });
is(stringify({ a: [1, { b: "yes" }] }), "a:\n  - 1\n  - b: yes\n");
