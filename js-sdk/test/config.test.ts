import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CONFIG_KEYS } from "../src/config-keys.js";
import type {
  AppConfig,
  AppDatabaseConfig,
  AppLimitsConfig,
  ChannelRuleConfig,
  CorsConfig,
  LimitsConfig,
  LoggingConfig,
  MessageRateConfig,
  OfflineConfig,
  PusherConfig,
  ServerConfig,
  SupervisionConfig,
  TlsConfig,
  TokenKeysConfig,
  WebhookConfig,
} from "../src/index.js";

const java = [
  "NodeConfig",
  "Limits",
  "PortChoice",
  "Supervision",
  "apps/App",
  "apps/AppDatabase",
  "apps/AppLimits",
  "apps/MessageRate",
  "apps/PusherPort",
  "apps/Webhook",
  "channels/ChannelRule",
  "channels/TokenKeys",
  "channels/OfflineOptions",
]
  .map((name) => new URL(`../../runtime/src/main/java/dev/runar/${name}.java`, import.meta.url))
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");

/** Of where a node runs Java hears nothing. */
const { transport: _, ...ofJava } = CONFIG_KEYS;

/** Every key of the type and no other: the compiler sees to it. */
const KEYS: {
  readonly NodeConfig: Readonly<Record<string, true>>;
  readonly Server: Readonly<Record<keyof ServerConfig, true>>;
  readonly Cors: Readonly<Record<keyof CorsConfig, true>>;
  readonly Tls: Readonly<Record<keyof TlsConfig, true>>;
  readonly Limits: Readonly<Record<keyof LimitsConfig, true>>;
  readonly Logging: Readonly<Record<keyof LoggingConfig, true>>;
  readonly Supervision: Readonly<Record<keyof SupervisionConfig, true>>;
  readonly PusherPort: Readonly<Record<keyof PusherConfig, true>>;
  readonly AppDatabase: Readonly<Record<keyof AppDatabaseConfig, true>>;
  readonly App: Readonly<Record<Exclude<keyof AppConfig, "secret">, true>>;
  readonly AppLimits: Readonly<Record<keyof AppLimitsConfig, true>>;
  readonly Webhook: Readonly<Record<keyof WebhookConfig, true>>;
  readonly MessageRate: Readonly<Record<keyof MessageRateConfig, true>>;
  readonly TokenKeys: Readonly<Record<keyof TokenKeysConfig, true>>;
  readonly ChannelRule: Readonly<Record<keyof ChannelRuleConfig, true>>;
  readonly OfflineOptions: Readonly<Record<keyof OfflineConfig, true>>;
} = {
  NodeConfig: ofJava,
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
    metrics: true,
    drainDelay: true,
    pusher: true,
    tokens: true,
    compression: true,
  },
  TokenKeys: {
    secret: true,
    publicKey: true,
    jwks: true,
    issuer: true,
    audience: true,
    onConnect: true,
  },
  ChannelRule: {
    pattern: true,
    history: true,
    historyTtl: true,
    durable: true,
    slow: true,
    presence: true,
    joinLeave: true,
    publish: true,
  },
  OfflineOptions: {
    path: true,
    level: true,
    messages: true,
    bytes: true,
    totalMessages: true,
    totalBytes: true,
    queues: true,
    ttl: true,
    full: true,
    deliveries: true,
    deadLetters: true,
    window: true,
  },
  Cors: { origins: true, methods: true, headers: true, credentials: true, maxAge: true },
  Tls: { certificate: true, key: true },
  Limits: {
    queuedCallbacks: true,
    queuedBytes: true,
    requestsInFlight: true,
    messageBytes: true,
    sessionBytes: true,
    socketBytes: true,
    sessions: true,
    subscriptionsPerSession: true,
    retainedEvents: true,
    retainedBytes: true,
    historyBytes: true,
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
  PusherPort: { path: true, requestBytes: true, refuseRepeats: true, database: true },
  AppDatabase: {
    url: true,
    driver: true,
    user: true,
    password: true,
    table: true,
    cached: true,
    absent: true,
    connections: true,
    timeout: true,
  },
  // `secret` stands for a list of one.
  App: {
    id: true,
    key: true,
    secrets: true,
    enabled: true,
    tlsOnly: true,
    origins: true,
    clientEvents: true,
    subscriptionCounts: true,
    authorizedOnly: true,
    activityTimeout: true,
    pingTimeout: true,
    limits: true,
    webhooks: true,
    batchWebhooks: true,
    messageRate: true,
  },
  AppLimits: {
    connections: true,
    messageBytes: true,
    channelNameLength: true,
    eventNameLength: true,
    channelsPerEvent: true,
    eventsPerBatch: true,
    presenceMembers: true,
    presenceMemberBytes: true,
    userIdLength: true,
    watchlist: true,
    clientEventsPerSecond: true,
    eventsPerSecond: true,
    cachedSeconds: true,
    historyEvents: true,
  },
  Webhook: { url: true, events: true, channelPrefix: true, headers: true },
  MessageRate: { messages: true, per: true, close: true },
};

test.each(Object.entries(KEYS))("the keys of %s are the Java record's", (record, keys) => {
  const components = new RegExp(`record ${record}\\(([^)]*)\\)`).exec(java)?.[1] ?? "";
  const names = components
    .replace(/<[^>]*>/g, "")
    .split(",")
    .map((component) => component.trim().split(" ").at(-1));
  // A script cannot grant itself anything.
  expect(Object.keys(keys)).toEqual(names.filter((name) => name !== "permissions"));
});
