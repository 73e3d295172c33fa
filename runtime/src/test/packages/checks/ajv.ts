import { Ajv } from "ajv";
import { is } from "./is.js";

const ajv = new Ajv({ allErrors: true });
const validate = ajv.compile({
  type: "object",
  properties: { n: { type: "integer", minimum: 1 }, s: { type: "string", pattern: "^a" } },
  required: ["n"],
  additionalProperties: false,
});
is(validate({ n: 1, s: "ab" }), true);
is(validate({ n: 0, s: "b", more: 1 }), false);
is(validate.errors?.map((e) => e.keyword).sort(), ["additionalProperties", "minimum", "pattern"]);
