import { array, assert, create, defaulted, is as matches, number, object, string } from "superstruct";
import { is } from "./is.js";

const Article = object({ id: number(), title: defaulted(string(), "none"), tags: array(string()) });
is(create({ id: 1, tags: [] }, Article), { id: 1, tags: [], title: "none" });
is(matches({ id: "1", tags: [] }, Article), false);
assert({ id: 1, title: "x", tags: ["y"] }, Article);
