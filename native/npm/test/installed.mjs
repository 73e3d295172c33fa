// A folder outside of the checkout with what native/scripts/pack.sh has packed, as npm installs it
// without a registry, and programs in it that see neither a Java nor a shell's settings.
import { execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const native = join(import.meta.dirname, "..", "..");
const packed = join(native, "target", "npm");
const programs = join(import.meta.dirname, "programs");
/** Of everything that is started: more than a busy machine needs. */
const LIMIT_MS = 90_000;

/** An installation; `remove` it. */
export class Installed {
  /** @param keep says of a tarball whether it is installed */
  constructor(keep = () => true) {
    this.folder = mkdtempSync(join(tmpdir(), "runar-packed-"));
    this.write("package.json", '{ "name": "app", "private": true, "type": "module" }\n');
    const tarballs = readdirSync(packed).filter((name) => name.endsWith(".tgz") && fits(name));
    this.install(tarballs.filter(keep).map((name) => join(packed, name)));
    cpSync(programs, this.folder, { recursive: true });
    mkdirSync(this.path("path"));
    for (const name of ["node", "npx", "sh"]) {
      symlinkSync(name === "node" ? process.execPath : which(name), this.path("path", name));
    }
  }

  path(...parts) {
    return join(this.folder, ...parts);
  }

  package(name, ...parts) {
    return this.path("node_modules", name, ...parts);
  }

  write(name, text) {
    writeFileSync(this.path(name), text);
  }

  install(tarballs) {
    const flags = ["--offline", "--no-audit", "--no-fund", "--loglevel=error"];
    const cache = `--cache=${this.path("cache")}`;
    const options = { cwd: this.folder, stdio: ["ignore", "pipe", "pipe"] };
    execFileSync("npm", ["install", ...flags, cache, ...tarballs], options);
  }

  /**
   * Runs a program with nothing of this one's environment; answers its code and what it has said.
   * Once it has said `after`, `end` gets it.
   */
  run(command, words, env = {}, { after, end } = {}) {
    return new Promise((resolve, reject) => {
      const child = spawn(command, words, {
        cwd: this.folder,
        env: { PATH: this.path("path"), HOME: this.path("home"), ...env },
        stdio: ["ignore", "pipe", "pipe"],
        timeout: LIMIT_MS,
        killSignal: "SIGKILL",
        detached: after !== undefined, // in a process group of its own
      });
      const said = { out: "", err: "" };
      child.stdout.setEncoding("utf8").on("data", (text) => {
        said.out += text;
        if (after !== undefined && said.out.includes(after)) {
          after = undefined;
          end(child);
        }
      });
      child.stderr.setEncoding("utf8").on("data", (text) => {
        said.err += text;
      });
      child.on("error", reject);
      child.on("close", (code, signal) => resolve({ code: code ?? signal, ...said }));
    });
  }

  node(words, env, ending) {
    return this.run(process.execPath, words, env, ending);
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Ends a program and all that it has started, as a terminal and a service manager do. */
export function endAll(child) {
  process.kill(-child.pid, "SIGTERM");
}

/** Ends the program alone, as its parent does. */
export function endOne(child) {
  child.kill("SIGTERM");
}

/** npm takes no package by name that is for another machine. */
function fits(tarball) {
  return !tarball.startsWith("runar-native-") || tarball.startsWith(`runar-native-${target()}-`);
}

/** This machine, as the packages name it. */
export function target() {
  const { platform, arch } = process;
  const libc = process.report.getReport().header.glibcVersionRuntime === undefined ? "musl" : "gnu";
  return platform === "linux" ? `${platform}-${arch}-${libc}` : `${platform}-${arch}`;
}

function which(name) {
  return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
}
