import type { NodeConfig } from "./config.js";
import { ConfigError } from "./errors.js";
import { suggestion } from "./suggestion.js";

/** Every key of the configuration. A type error here means that one was forgotten. */
export const CONFIG_KEYS: Readonly<Record<keyof NodeConfig, true>> = {
  networkId: true,
  requestTimeout: true,
  drainTimeout: true,
  dependencyTimeout: true,
  server: true,
  limits: true,
  logging: true,
  supervision: true,
  apps: true,
  channels: true,
  offline: true,
  transport: true,
};

/**
 * Reads what `new Node()` was given, where there is no node yet to look at it.
 *
 * @throws ConfigError for an unknown key
 */
export function configOf(configJson: string): NodeConfig {
  const config = JSON.parse(configJson) as NodeConfig;
  const known = Object.keys(CONFIG_KEYS);
  const unknown = Object.keys(config).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new ConfigError(
      `new Node: unknown key "${unknown}"${suggestion(unknown, known)} Known keys: ${known.join(", ")}`,
    );
  }
  return config;
}
