import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type {
  CorsConfig,
  LimitsConfig,
  LoggingConfig,
  NodeConfig,
  ServerConfig,
  SupervisionConfig,
  TlsConfig,
} from "../src/index.js";

const java = ["NodeConfig", "Limits", "PortChoice", "Supervision"]
  .map((name) => new URL(`../../runtime/src/main/java/dev/runar/${name}.java`, import.meta.url))
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");

/** Every key of the type and no other: the compiler sees to it. */
const KEYS: {
  readonly NodeConfig: Readonly<Record<keyof NodeConfig, true>>;
  readonly Server: Readonly<Record<keyof ServerConfig, true>>;
  readonly Cors: Readonly<Record<keyof CorsConfig, true>>;
  readonly Tls: Readonly<Record<keyof TlsConfig, true>>;
  readonly Limits: Readonly<Record<keyof LimitsConfig, true>>;
  readonly Logging: Readonly<Record<keyof LoggingConfig, true>>;
  readonly Supervision: Readonly<Record<keyof SupervisionConfig, true>>;
} = {
  NodeConfig: {
    networkId: true,
    requestTimeout: true,
    drainTimeout: true,
    dependencyTimeout: true,
    server: true,
    limits: true,
    logging: true,
    supervision: true,
  },
  Server: {
    host: true,
    port: true,
    publicFolder: true,
    pingInterval: true,
    idleTimeout: true,
    handshakeTimeout: true,
    writeTimeout: true,
    cors: true,
    tls: true,
    drainDelay: true,
  },
  Cors: { origins: true, methods: true, headers: true, credentials: true, maxAge: true },
  Tls: { certificate: true, key: true },
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
    contexts: true,
    openStreams: true,
    turnBudget: true,
  },
  Logging: { level: true },
  Supervision: {
    onDeath: true,
    loadTimeout: true,
    turnWarning: true,
    grace: true,
    turnBytes: true,
    deaths: true,
    within: true,
    backOff: true,
  },
};

test.each(Object.entries(KEYS))("the keys of %s are the Java record's", (record, keys) => {
  const components = new RegExp(`record ${record}\\(([^)]*)\\)`).exec(java)?.[1] ?? "";
  const names = components.split(",").map((component) => component.trim().split(" ").at(-1));
  // A script cannot grant itself anything.
  expect(Object.keys(keys)).toEqual(names.filter((name) => name !== "permissions"));
});
