// `runar cache`, with a Java that only looks so: it answers as a node, and makes the file it is told.
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test, vi } from "vitest";
import { makeCache } from "../../src/bin/cache.js";
import { thisMachine } from "../../src/link/process.js";
import { folder, put } from "./folder.js";

const CHILD = fileURLToPath(new URL("./child.mjs", import.meta.url));
const JAVA = `#!/bin/sh
for each in "$@"; do
  case "$each" in -XX:AOTCache=*) echo made > "\${each#*=}" ;; esac
done
exec "${process.execPath}" "${CHILD}"
`;

afterEach(() => {
  vi.unstubAllEnvs();
});

test("what configures the nodes of a shell does not configure the training run", async () => {
  chmodSync(put("jdk/bin/java", JAVA), 0o755);
  put("jdk/release", 'JAVA_VERSION="25"\n');
  put("home/runar.jar", `PK\x05\x06${"\0".repeat(18)}`);
  vi.stubEnv("RUNAR_JAVA_HOME", join(folder, "jdk"));
  vi.stubEnv("RUNAR_HOME", join(folder, "home"));
  vi.stubEnv("RUNAR_SERVER_PORT", "80");
  vi.stubEnv("RUNAR_NETWORK_ID", "production");
  vi.stubEnv("TEST_HELLO", join(folder, "hello"));
  const cache = join(folder, "home", "runar-host.aot");
  expect(await makeCache(await thisMachine())).toBe(cache);
  expect(existsSync(cache)).toBe(true);
  expect(JSON.parse(readFileSync(join(folder, "hello"), "utf8"))).toEqual({
    own: [],
    environment: {},
  });
}, 20_000);
