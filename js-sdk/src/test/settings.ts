import { configOf } from "../config-keys.js";

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
  const config = configOf(configJson);
  settings.networkId = config.networkId ?? settings.networkId;
  settings.requestTimeout = config.requestTimeout ?? settings.requestTimeout;
  settings.dependencyTimeout = config.dependencyTimeout ?? settings.dependencyTimeout;
  settings.queuedCallbacks = config.limits?.queuedCallbacks ?? settings.queuedCallbacks;
  settings.requestsInFlight = config.limits?.requestsInFlight ?? settings.requestsInFlight;
  settings.retainedEvents = config.limits?.retainedEvents ?? settings.retainedEvents;
}
