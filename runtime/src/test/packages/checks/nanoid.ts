import { customAlphabet, nanoid } from "nanoid";
import { is } from "./is.js";

is(/^[\w-]{21}$/.test(nanoid()), true);
is(/^[ab]{8}$/.test(customAlphabet("ab", 8)()), true);
is(new Set(Array.from({ length: 100 }, () => nanoid())).size, 100);
