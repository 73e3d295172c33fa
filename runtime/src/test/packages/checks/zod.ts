import { z } from "zod";
import { is } from "./is.js";

const User = z.object({
  name: z.string().min(2),
  mail: z.email(),
  tags: z.array(z.enum(["a", "b"])).default([]),
});
is(User.parse({ name: "Ann", mail: "ann@example.com" }), {
  name: "Ann",
  mail: "ann@example.com",
  tags: [],
});
const wrong = User.safeParse({ name: "A", mail: "x" });
is(wrong.error?.issues.map((issue) => issue.path.join(".")), ["name", "mail"]);
