import { beforeAll, test } from "vitest";
import { TestNode } from "../../src/test/index.js";
import { contract } from "./contract.js";

const node = new TestNode();

beforeAll(() => node.start());

contract(test, () => node);
