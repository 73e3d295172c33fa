import { decodeTime, monotonicFactory, ulid } from "ulid";
import { is } from "./is.js";

is(decodeTime(ulid(1469918176385)), 1469918176385);
const next = monotonicFactory();
is(next(1) < next(1), true);
