// The contract that TestNode and a script under `runar run` keep, kept by a node that a program in
// Node.js or Bun has started: the same tests with the same expectations.
import { Node } from "runar-ts";
import { afterAll, beforeAll, test } from "vitest";
import { contract } from "../kit/contract.js";

const node = new Node();

beforeAll(() => node.start());
afterAll(() => node.stop());

contract(test, () => node);
