// A folder outside of the checkout with what native/scripts/pack.sh has packed, as npm installs it
// without a registry, and programs in it that see neither a Java nor a shell's settings.
import { execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const native = join(import.meta.dirname, "..", "..");
const packed = join(native, "target", "npm");
const programs = join(import.meta.dirname, "programs");
/** Of everything that is started: more than a busy machine needs. */
const LIMIT_MS = 180_000;
const isWindows = process.platform === "win32";
/** What runs programs. */
const node = process.env.RUNAR_NODE ?? process.execPath;
/** Windows starts nothing without these. */
const bare = isWindows ? { SystemRoot: process.env.SystemRoot, TEMP: process.env.TEMP } : {};

/** An installation; `remove` it. */
export class Installed {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "runar-packed-"));
    writeFileSync(this.path("package.json"), '{ "private": true, "type": "module" }\n');
    this.#install();
    cpSync(programs, this.folder, { recursive: true });
    mkdirSync(this.path("path"));
    for (const name of isWindows ? [] : ["node", "npx", "sh"]) {
      symlinkSync(name === "node" ? node : which(name), this.path("path", name));
    }
  }

  path(...parts) {
    return join(this.folder, ...parts);
  }

  package(name, ...parts) {
    return this.path("node_modules", name, ...parts);
  }

  /** Node.js and nothing else, where links can be made. */
  #commands() {
    return isWindows ? dirname(node) : this.path("path");
  }

  #install() {
    const tarballs = readdirSync(packed).filter((name) => name.endsWith(".tgz") && fits(name));
    const flags = ["--offline", "--no-audit", "--no-fund", "--loglevel=error"];
    const cache = `--cache=${this.path("cache")}`;
    const stdio = ["ignore", "pipe", "pipe"];
    const files = tarballs.map((name) => join(packed, name));
    const options = { cwd: this.folder, stdio, shell: isWindows };
    execFileSync("npm", ["install", ...flags, cache, ...files], options);
  }

  /**
   * Runs a program with nothing of this one's environment; answers its code and what it has said.
   * Once it has said `until`, it is asked to end.
   */
  run(command, words, env = {}, until = undefined) {
    return new Promise((resolve, reject) => {
      const child = spawn(command, words, {
        cwd: this.folder,
        env: { ...bare, PATH: this.#commands(), HOME: this.path("home"), ...env },
        shell: isWindows && !command.endsWith(".exe"),
        stdio: ["ignore", "pipe", "pipe"],
        timeout: LIMIT_MS,
        killSignal: "SIGKILL",
      });
      const said = { out: "", err: "" };
      child.stdout.setEncoding("utf8").on("data", (text) => {
        said.out += text;
        if (until !== undefined && said.out.includes(until)) {
          until = undefined;
          child.kill("SIGTERM");
        }
      });
      child.stderr.setEncoding("utf8").on("data", (text) => {
        said.err += text;
      });
      child.on("error", reject);
      child.on("close", (code, signal) => resolve({ code: code ?? signal, ...said }));
    });
  }

  node(words, env, until) {
    return this.run(node, words, env, until);
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** npm refuses a package that is for another machine, where it is asked for by name. */
function fits(tarball) {
  const [, kind, rest] = /^runar-(native|jre)-(.*)-\d[^-]*\.tgz$/.exec(tarball) ?? [];
  switch (kind) {
    case "native":
      return rest === target();
    case "jre":
      return jre() === `@runar/jre-${rest}`;
    default:
      return !tarball.startsWith("runar-graaljs-") || target() === "linux-x64-gnu";
  }
}

/** The package with a Java for this machine. */
export function jre() {
  return `@runar/jre-${target().replace("-gnu", "")}`;
}

export function json(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** This machine, as the packages name it. */
export function target() {
  const { platform, arch } = process;
  const libc = glibc() === undefined ? "musl" : "gnu";
  return platform === "linux" ? `${platform}-${arch}-${libc}` : `${platform}-${arch}`;
}

/** Whether this machine has a glibc of that version or a newer one. */
export function hasGlibc(major, minor) {
  const [ownMajor, ownMinor] = (glibc() ?? "0.0").split(".").map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

function glibc() {
  return process.report.getReport().header.glibcVersionRuntime;
}

function which(name) {
  return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
}
