// How the node is reached when an addon refuses a link, with an addon and a Java that only look so.
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Asking } from "../../src/host.js";
import { type Choice, ChosenTransport } from "../../src/link/chosen.js";
import { LinkHost } from "../../src/link/link-host.js";
import { thisMachine } from "../../src/link/process.js";
import { folder, put } from "./folder.js";

const NOBODY: Asking = { within: null, onMeta: null, sends: false };
const CHILD = fileURLToPath(new URL("./child.mjs", import.meta.url));
const ADDON = `
  const refused = Object.assign(new Error("no more links"), { code: "ERR_LIMIT" });
  module.exports = {
    abiVersion: 1, boot: async () => undefined, open() { throw refused; }, close: () => 0,
    shutdown: () => 0, stats: () => undefined,
  };`;

beforeEach(() => {
  put("jdk/release", 'JAVA_VERSION="25"\n');
  put("jdk/lib/server/libjvm.so");
  put("jdk/lib/server/libjvm.dylib");
  chmodSync(put("jdk/bin/java", `#!/bin/sh\nexec "${process.execPath}" "${CHILD}"\n`), 0o755);
  put("home/runar.jar", `PK\x05\x06${"\0".repeat(18)}`);
  vi.stubEnv("RUNAR_JAVA_HOME", join(folder, "jdk"));
  vi.stubEnv("RUNAR_HOME", join(folder, "home"));
  vi.stubEnv("RUNAR_ADDON", put("addon.cjs", ADDON));
});

afterEach(() => {
  vi.unstubAllEnvs();
});

function hosted(choice: Choice): LinkHost {
  const host = new LinkHost(() => new ChosenTransport(choice));
  host.configure("{}");
  return host;
}

function ask(host: LinkHost, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    host.request(path, "value", 1, null, NOBODY, (_, data) => resolve(data), reject);
  });
}

test("an addon that opens no link is the error of all that waits", async () => {
  const host = hosted("native");
  const error = { code: "NOT_RUNNING", message: "no more links" };
  const waiting = [host.start(), ask(host, "a")];
  await Promise.all(waiting.map((each) => expect(each).rejects.toMatchObject(error)));
});

test("and with auto the node is a process of its own, which is said", async () => {
  const err = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  try {
    const host = hosted("auto");
    expect(await ask(host, "a")).toBe("1");
    expect(err.mock.calls.map(([text]) => text)).toEqual([
      "runar: the node runs in a process of its own, since no more links. " +
        "RUNAR_TRANSPORT=process keeps this quiet.\n",
    ]);
    await ask(host, "exit").catch(() => undefined);
  } finally {
    err.mockRestore();
  }
});

test("where no node can be had, auto says once what both ways lack", async () => {
  put("jdk/release", 'JAVA_VERSION="17"\n');
  const err = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  const machine = await thisMachine();
  const readdirSync = (): string[] => []; // no Java where installers put it
  vi.stubEnv("PATH", "/nowhere");
  vi.stubEnv("JAVA_HOME", "");
  try {
    const alone = async () => ({ ...machine, files: { ...machine.files, readdirSync } });
    const host = new LinkHost(() => new ChosenTransport("auto", alone));
    host.configure("{}");
    await expect(host.start()).rejects.toMatchObject({
      code: "NOT_RUNNING",
      message: expect.stringMatching(
        /^Runar needs Java 25 or newer, and there is none here\.\n.*jdk: is Java 17\n/,
      ),
    });
    expect(err).not.toHaveBeenCalled();
  } finally {
    err.mockRestore();
  }
});

test("a reason that is a sentence does not end twice", async () => {
  vi.stubEnv("RUNAR_ADDON", put("taken.cjs", ADDON.replace("no more links", "It is taken.\\nGo.")));
  const err = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  try {
    const host = hosted("auto");
    await ask(host, "a");
    expect(err).toHaveBeenCalledWith(
      "runar: the node runs in a process of its own, since It is taken. " +
        "RUNAR_TRANSPORT=process keeps this quiet.\n",
    );
    await ask(host, "exit").catch(() => undefined);
  } finally {
    err.mockRestore();
  }
});
