// Answers requests at about the time at which their callers give up, and prints how all ended.
import { action, Node } from "runar-ts";
import { producers } from "./producers.mjs";

const { count, ms } = JSON.parse(process.argv[2]);
const node = new Node({ server: { port: -1 } });
const begun = new Array(count).fill(0);
const ends = { answered: 0, aborted: 0, abortedTwice: 0 };

function slow({ n }, ctx) {
  begun[n]++;
  return new Promise((resolve, reject) => {
    let hasAborted = false;
    let hasAnswered = false;
    const timer = setTimeout(() => {
      hasAnswered = true;
      ends.answered++;
      resolve(n);
    }, ms);
    ctx.signal.addEventListener("abort", () => {
      if (hasAborted) ends.abortedTwice++;
      hasAborted = true;
      if (hasAnswered) return;
      clearTimeout(timer);
      ends.aborted++;
      reject(ctx.signal.reason);
    });
  });
}

node.addService({ name: "app", path: "app", actions: { slow: action({ handler: slow }) } });
await node.start();
await producers(node);
const wanted = { path: "app/slow", count, timeoutMs: ms, cancelMs: ms };
const settled = await node.request("producers/races", wanted, { timeout: 600_000 });
const began = begun.filter((times) => times === 1).length;
const twice = begun.filter((times) => times > 1).length;
while (ends.answered + ends.aborted < began) await new Promise((resolve) => setTimeout(resolve, 1));
const patient = { ...wanted, timeoutMs: 60_000, cancelMs: 60_000 };
const after = await node.request("producers/races", patient, { timeout: 600_000 });
await node.stop();
console.log(JSON.stringify({ settled, began, twice, ends, after }));
