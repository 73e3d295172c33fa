import assert from "node:assert/strict";
import { type Node, RunarError, type ServiceDefinition } from "runar-ts";

export type Define = (name: string, run: () => Promise<void>) => void;

interface Tools {
  /** The error that a promise rejects with. */
  failure(promise: Promise<unknown>): Promise<RunarError>;
  refused(promise: Promise<unknown>, code: string, message: string): Promise<void>;
  add(service: ServiceDefinition): Promise<void>;
}

/** What the tests of the contract share. */
export function tools(node: () => Node): Tools {
  const failure = async (promise: Promise<unknown>): Promise<RunarError> => {
    const error = await promise.then(
      (value) => assert.fail(`resolved to ${JSON.stringify(value)}`),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof RunarError, String(error));
    return error;
  };
  return {
    failure,
    refused: async (promise, code, message) => {
      const error = await failure(promise);
      assert.deepEqual([error.code, error.message], [code, message]);
    },
    add: (service) => node().addService(service),
  };
}
