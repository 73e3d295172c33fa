import { addDays, differenceInBusinessDays, formatISO, parseISO } from "date-fns";
import { de } from "date-fns/locale";
import { is } from "./is.js";

const start = parseISO("2026-02-27T00:00:00Z");
is(addDays(start, 2).toISOString(), "2026-03-01T00:00:00.000Z");
is(differenceInBusinessDays(parseISO("2026-03-02"), parseISO("2026-02-27")), 1);
is(formatISO(new Date(2026, 0, 2), { representation: "date" }), "2026-01-02");
is(de.code, "de");
