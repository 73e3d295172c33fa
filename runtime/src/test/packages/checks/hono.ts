import { Hono } from "hono";
import { is } from "./is.js";

const app = new Hono();
app.get("/hello/:name", (c) => c.json({ hello: c.req.param("name"), q: c.req.query("q") }));
const answer = await app.request("/hello/you?q=1");
is([answer.status, await answer.json()], [200, { hello: "you", q: "1" }]);
