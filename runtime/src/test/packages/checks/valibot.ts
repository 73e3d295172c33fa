import * as v from "valibot";
import { is } from "./is.js";

const Point = v.object({ x: v.pipe(v.number(), v.integer()), y: v.optional(v.number(), 2) });
is(v.parse(Point, { x: 1 }), { x: 1, y: 2 });
is(v.safeParse(Point, { x: 1.5 }).success, false);
