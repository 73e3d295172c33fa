import type { NodeConfig } from "../config.js";
import { ConfigError } from "../errors.js";
import { suggestion } from "../suggestion.js";

/** What of a node's configuration counts in a {@link TestNode}. */
export interface Settings {
  networkId: string;
  requestTimeout: number;
  dependencyTimeout: number;
  queuedCallbacks: number;
  requestsInFlight: number;
  retainedEvents: number;
  readonly autoAdvance: boolean;
}

/** Every key of the configuration, and whether anything follows from it here. */
const KEYS: Readonly<Record<keyof NodeConfig, boolean>> = {
  networkId: true,
  requestTimeout: true,
  drainTimeout: false,
  dependencyTimeout: true,
  server: false,
  limits: true,
  logging: false,
  supervision: false,
  apps: false,
  channels: false,
  offline: false,
};

export function defaultSettings(autoAdvance: boolean): Settings {
  return {
    networkId: "default",
    requestTimeout: 30_000,
    dependencyTimeout: 30_000,
    queuedCallbacks: 65_536,
    requestsInFlight: 65_536,
    retainedEvents: 10_000,
    autoAdvance,
  };
}

/** @throws ConfigError for an unknown key */
export function configure(settings: Settings, configJson: string): void {
  const config = JSON.parse(configJson) as NodeConfig;
  const known = Object.keys(KEYS);
  const unknown = Object.keys(config).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new ConfigError(
      `new Node: unknown key "${unknown}"${suggestion(unknown, known)} Known keys: ${known.join(", ")}`,
    );
  }
  settings.networkId = config.networkId ?? settings.networkId;
  settings.requestTimeout = config.requestTimeout ?? settings.requestTimeout;
  settings.dependencyTimeout = config.dependencyTimeout ?? settings.dependencyTimeout;
  settings.queuedCallbacks = config.limits?.queuedCallbacks ?? settings.queuedCallbacks;
  settings.requestsInFlight = config.limits?.requestsInFlight ?? settings.requestsInFlight;
  settings.retainedEvents = config.limits?.retainedEvents ?? settings.retainedEvents;
}
