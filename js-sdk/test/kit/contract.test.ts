import { beforeAll, test } from "vitest";
import { TestNode } from "../../src/test/index.js";
import { contract } from "./contract.js";

const node = new TestNode({ autoAdvance: true });

beforeAll(() => node.start());

contract(test, () => node);
