import { v4, v5, v7, validate, version } from "uuid";
import { is } from "./is.js";

is(v5("runar", v5.URL), "5c2affd7-c66a-5b9d-9cc1-7b17387e0fcf");
is(validate(v4()), true);
is(version(v7()), 7);
