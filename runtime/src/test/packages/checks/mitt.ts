import mitt from "mitt";
import { is } from "./is.js";

const seen: unknown[] = [];
const bus = mitt<{ a: number }>();
bus.on("a", (n) => seen.push(n));
bus.on("*", (type, n) => seen.push([type, n]));
bus.emit("a", 1);
is(seen, [1, ["a", 1]]);
