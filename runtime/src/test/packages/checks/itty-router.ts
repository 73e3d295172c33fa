import { Router, json } from "itty-router";
import { is } from "./is.js";

const router = Router();
router.get("/sum/:a/:b", ({ params }) => json({ sum: Number(params.a) + Number(params.b) }));
const answer = await router.fetch(new Request("https://example.com/sum/1/2"));
is(await answer.json(), { sum: 3 });
