import assert from "node:assert/strict";
import type { RunarError, ServiceDefinition } from "runar-ts";
import { TestNode, type TestNodeOptions } from "runar-ts/test";

export async function started(
  service: ServiceDefinition | (() => ServiceDefinition),
  options: TestNodeOptions = {},
): Promise<TestNode> {
  const node = new TestNode(options);
  node.addService(service);
  await node.start();
  return node;
}

export const failed = (promise: Promise<unknown>): Promise<RunarError> =>
  promise.then(
    (value) => assert.fail(`resolved to ${JSON.stringify(value)}`),
    (error: RunarError) => error,
  );

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));
