import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Built, built } from "../link/built.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));

/** What runs the programs: `RUNAR_RUNTIME` is the path of another Node.js, or of Bun. */
export const runtime = process.env["RUNAR_RUNTIME"] ?? process.execPath;
const version = execFileSync(runtime, ["-e", "console.log(JSON.stringify(process.versions))"], {
  encoding: "utf8",
});
export const versions: Record<string, string | undefined> = JSON.parse(version);
export const isBun = versions["bun"] !== undefined;
export const addon =
  process.env["RUNAR_ADDON"] ?? join(root, "native", "target", "runar_native.node");

const LIMIT_MS = 90_000;

/** How a program has ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** When it was gone. */
  readonly at: number;
  /** The last line of its output. */
  readonly said: unknown;
}

/** The SDK and the agent, built once, in a folder of their own. */
export class Programs {
  readonly folder: string = mkdtempSync(join(tmpdir(), "runar-native-"));
  readonly #sdk: Built = built();
  readonly #agent: string = agentIn(this.folder);

  /** What a program here sees of the environment. */
  env(more: Record<string, string> = {}): Record<string, string> {
    const { PATH = "", HOME = "", RUNAR_JAVA_HOME, JAVA_HOME } = process.env;
    return {
      PATH,
      HOME,
      ...(RUNAR_JAVA_HOME === undefined ? {} : { RUNAR_JAVA_HOME }),
      ...(JAVA_HOME === undefined ? {} : { JAVA_HOME }),
      RUNAR_HOME: root,
      RUNAR_ADDON: addon,
      RUNAR_TRANSPORT: "native",
      TMPDIR: this.folder,
      TEST_DIST: this.#sdk.dist,
      TEST_AGENT: this.#agent,
      ...more,
    };
  }

  /** Runs one of the programs to its end. */
  run(
    program: string,
    args: readonly string[] = [],
    env: Record<string, string> = {},
    flags: readonly string[] = [],
  ): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const file = program.startsWith("/") ? program : join(here, "programs", program);
      const child = spawn(runtime, [...flags, file, ...args], { env: this.env(env) });
      let [stdout, stderr] = ["", ""];
      const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
      child.stdout.setEncoding("utf8").on("data", (text) => {
        stdout += text;
      });
      child.stderr.setEncoding("utf8").on("data", (text) => {
        stderr += text;
      });
      child.on("error", reject);
      child.on("close", (code, signal) => {
        clearTimeout(timer);
        resolve({ code, signal, stdout, stderr, at: Date.now(), said: said(stdout) });
      });
    });
  }

  /** Reports of crashes that Java has left. */
  crashes(): string[] {
    return readdirSync(this.folder).filter((name) => name.startsWith("runar-java-"));
  }

  /** A file that is not there yet, or has this text. */
  file(name: string, text?: string): string {
    const file = join(this.folder, name);
    if (text !== undefined) {
      writeFileSync(file, text);
    }
    return file;
  }

  /** A file beside which `runar-ts` is installed. */
  app(name: string, text: string): string {
    const file = join(this.#sdk.folder, name);
    writeFileSync(file, text);
    return file;
  }

  read(file: string): string | undefined {
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  remove(): void {
    this.#sdk.remove();
    rmSync(this.folder, { recursive: true });
  }
}

function said(stdout: string): unknown {
  try {
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  } catch {
    return undefined;
  }
}

/** A JDK, for the agent: a node needs none. */
function tool(name: string): string {
  const home = process.env["RUNAR_JAVA_HOME"] ?? process.env["JAVA_HOME"];
  const folders = ["/usr/lib/jvm"].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).map((each) => join(folder, each)) : [],
  );
  const homes = [...(home === undefined ? [] : [home]), ...folders].filter(isNewJdk);
  return join(homes[0] ?? "/no-jdk-25", "bin", name);
}

function isNewJdk(home: string): boolean {
  const release = join(home, "release");
  return (
    existsSync(join(home, "bin", "javac")) &&
    /^JAVA_VERSION="(2[5-9]|[3-9]\d)/m.test(
      existsSync(release) ? readFileSync(release, "utf8") : "",
    )
  );
}

function agentIn(folder: string): string {
  const jar = join(folder, "agent.jar");
  execFileSync(tool("javac"), ["-d", folder, join(here, "Agent.java")]);
  const manifest = join(folder, "manifest.txt");
  writeFileSync(manifest, "Premain-Class: Agent\n");
  execFileSync(tool("jar"), ["cfm", jar, manifest, "-C", folder, "Agent.class"]);
  return jar;
}
