import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { LimitsConfig, LoggingConfig, NodeConfig, ServerConfig } from "../src/index.js";

const java = readFileSync(
  new URL("../../runtime/src/main/java/dev/runar/NodeConfig.java", import.meta.url),
  "utf8",
);

/** Every key of the type and no other: the compiler sees to it. */
const KEYS: {
  readonly NodeConfig: Readonly<Record<keyof NodeConfig, true>>;
  readonly Server: Readonly<Record<keyof ServerConfig, true>>;
  readonly Limits: Readonly<Record<keyof LimitsConfig, true>>;
  readonly Logging: Readonly<Record<keyof LoggingConfig, true>>;
} = {
  NodeConfig: {
    networkId: true,
    requestTimeout: true,
    drainTimeout: true,
    server: true,
    limits: true,
    logging: true,
  },
  Server: {
    host: true,
    port: true,
    publicFolder: true,
    pingInterval: true,
    idleTimeout: true,
    handshakeTimeout: true,
  },
  Limits: {
    queuedCallbacks: true,
    queuedBytes: true,
    requestsInFlight: true,
    messageBytes: true,
    sessionBytes: true,
    sessions: true,
    subscriptionsPerSession: true,
    retainedEvents: true,
    retainedBytes: true,
    turnBudget: true,
  },
  Logging: { level: true },
};

test.each(Object.entries(KEYS))("the keys of %s are the Java record's", (record, keys) => {
  const components = new RegExp(`record ${record}\\(([^)]*)\\)`).exec(java)?.[1] ?? "";
  const names = components.split(",").map((component) => component.trim().split(" ").at(-1));
  expect(Object.keys(keys)).toEqual(names);
});
