import { type } from "arktype";
import { is } from "./is.js";

const Device = type({ id: "string > 2", "port?": "1 <= number.integer <= 65535" });
is(Device({ id: "abc", port: 80 }), { id: "abc", port: 80 });
is(Device({ id: "abc", port: 0 }) instanceof type.errors, true);
