import { EventEmitter } from "eventemitter3";
import { is } from "./is.js";

const seen: number[] = [];
const emitter = new EventEmitter();
emitter.once("a", (n: number) => seen.push(n));
emitter.on("a", (n: number) => seen.push(-n));
emitter.emit("a", 1);
emitter.emit("a", 2);
is([seen, emitter.listenerCount("a")], [[1, -1, -2], 1]);
