import { ChosenTransport, choiceOf } from "./chosen.js";
import { LinkHost } from "./link-host.js";

// What host.ts looks for. A node that runs the script has put its own there before; another copy of
// this package, too. Nothing starts before the first `new Node()`.
const name = Symbol.for("runar.host");
if ((globalThis as { readonly [name: symbol]: unknown })[name] === undefined) {
  Object.defineProperty(globalThis, name, {
    value: new LinkHost((choice) => new ChosenTransport(choiceOf(choice))),
    configurable: true,
  });
}
