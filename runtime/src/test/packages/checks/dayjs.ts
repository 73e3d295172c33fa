import dayjs from "dayjs";
import utc from "dayjs/plugin/utc.js";
import { is } from "./is.js";

dayjs.extend(utc);
is(dayjs.utc("2026-01-31").add(1, "month").format("YYYY-MM-DD"), "2026-02-28");
