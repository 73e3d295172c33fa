// what: boots in a way that must fail, or twice, and prints the code and the message of each answer.
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addonPath, findJdk, libjvm, loadAddon, mainClass, options } from "../bridge.mjs";

const addon = loadAddon();
const folder = mkdtempSync(join(tmpdir(), "runar-boot-"));
const addons = [addon];
process.on("exit", (code) => {
  for (const one of addons) one.shutdown(code);
  rmSync(folder, { recursive: true });
});

const answers = [];
async function attempt(jvm, list, main, from = addon) {
  try {
    answers.push({ resolved: String(await from.boot(jvm, list, main)) });
  } catch (error) {
    answers.push({ code: error.code, message: error.message, type: error.constructor.name });
  }
}

function file(name, content) {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

function secondCopy() {
  const copy = join(folder, "copy.node");
  copyFileSync(addonPath, copy);
  const second = loadAddon(copy);
  addons.push(second);
  return second;
}

/** A library called libjvm.so that is none, and needs one called `needed`. */
function needing(needed) {
  const source = file("empty.c", "int empty;\n");
  execFileSync("gcc", ["-shared", `-Wl,-soname,${needed}`, source, "-o", join(folder, needed)]);
  const made = join(folder, "libjvm.so");
  execFileSync("gcc", [
    ...["-shared", "-Wl,--no-as-needed", source, join(folder, needed), "-o", made],
  ]);
  rmSync(join(folder, needed));
  return made;
}

/** The library of another Java machine: an image of the JDK's. */
function anotherJvm() {
  const image = join(folder, "image");
  const jlink = join(findJdk(), "bin", "jlink");
  execFileSync(jlink, ["--add-modules", "java.base", "--output", image]);
  return join(image, "lib", "server", "libjvm.so");
}

const withPath = (path) => options(`-Djava.class.path=${path}`);
const ways = {
  "no library": async () => {
    await attempt("/nowhere/libjvm.so", options(), mainClass);
    await attempt(libjvm(), options(), mainClass);
  },
  "no elf": () => attempt(file("libjvm.so", "not a library"), options(), mainClass),
  "a folder": () => attempt(folder, options(), mainClass),
  "a pipe": () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    return attempt(pipe, options(), mainClass);
  },
  "half a library": () => {
    const half = join(folder, "libjvm.so");
    copyFileSync(libjvm(), half);
    truncateSync(half, 1_000_000);
    return attempt(half, options(), mainClass);
  },
  "no classes": async () => {
    const server = join(folder, "lib", "server");
    cpSync(join(libjvm(), ".."), server, { recursive: true });
    await attempt(join(server, "libjvm.so"), options(), mainClass);
    await attempt(libjvm(), options(), mainClass);
  },
  "another libc": () => attempt(needing(process.argv[3]), options(), mainClass),
  "through a link": () => {
    const link = join(folder, "linked");
    symlinkSync(join(findJdk(), "lib"), link);
    return attempt(join(link, "server", "libjvm.so"), options(), mainClass);
  },
  hooks: () =>
    attempt(libjvm(), options("exit", "abort", "vfprintf", "-XX:-ReduceSignalUsage"), mainClass),
  "log file": async () => {
    const log = join(folder, "gc.log");
    await attempt(libjvm(), options(`-Xlog:gc:file=${log}`), mainClass);
    answers.push(readFileSync(log, "utf8"));
  },
  "much to say": () => attempt(libjvm(), options("-XX:+PrintFlagsFinal"), mainClass),
  "another library": async () => {
    await attempt(needing("libc.so.6"), options(), mainClass);
    await attempt(libjvm(), options(), mainClass);
  },
  "unknown option": async () => {
    await attempt(libjvm(), options("--no-such-option"), mainClass);
    await attempt(libjvm(), options(), mainClass);
  },
  "bad heap": () => attempt(libjvm(), options("-Xmx1k"), mainClass),
  "huge heap": () => attempt(libjvm(), options("-Xms900t", "-Xmx900t"), mainClass),
  "missing module": () => attempt(libjvm(), options("--add-modules=no.such.module"), mainClass),
  "no main class": () => attempt(libjvm(), options(), "no.such.Main"),
  "no run": () => attempt(libjvm(), options(), "dev.runar.internal.host.FrameSink"),
  "corrupt jar": () => attempt(libjvm(), withPath(file("broken.jar", "PK not a jar")), mainClass),
  "empty class path": () => attempt(libjvm(), withPath(folder), mainClass),
  "twice the same": async () => {
    await Promise.all([1, 2, 3].map(() => attempt(libjvm(), options(), mainClass)));
    await attempt(libjvm(), options(), mainClass);
  },
  "twice, otherwise": async () => {
    await Promise.all([
      attempt(libjvm(), options(), mainClass),
      attempt(libjvm(), options("-Dmore=1"), mainClass),
    ]);
    await attempt(libjvm(), options("-Dmore=2"), mainClass);
    await attempt(libjvm(), options().reverse(), mainClass);
    await attempt(libjvm(), options(), "another.Main");
  },
  "second copy": async () => {
    await attempt(libjvm(), options(), mainClass);
    await attempt(libjvm(), options(), mainClass, secondCopy());
  },
  "second copy at once": async () => {
    const boots = [addon, secondCopy()].map((one) => attempt(libjvm(), options(), mainClass, one));
    await Promise.all(boots);
  },
  "second copy, another Java": async () => {
    await attempt(libjvm(), options(), mainClass);
    await attempt(anotherJvm(), options(), mainClass, secondCopy());
  },
  "second copy, another Java, at once": async () => {
    const other = anotherJvm();
    await Promise.all([
      attempt(libjvm(), options(), mainClass),
      attempt(other, options(), mainClass, secondCopy()),
    ]);
  },
  "too many": async () => {
    // The machine logs into a pipe, which it cannot open before this process does: so it is still
    // being made when the last of these boots comes.
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const logged = options(`-Xlog:gc:file=${pipe}`);
    const boots = Array.from({ length: 300 }, () => attempt(libjvm(), logged, mainClass));
    const reader = await open(pipe);
    await Promise.all(boots);
    await reader.close();
    const counts = {};
    for (const { code = "resolved" } of answers) counts[code] = (counts[code] ?? 0) + 1;
    answers.splice(0, Number.POSITIVE_INFINITY, counts);
  },
  older: () => attempt(process.argv[3], options(), mainClass),
  "exits as it is made": () => attempt(libjvm(), options(), "dev.runar.internal.host.ExitingMain"),
  "exit while it boots": () => {
    attempt(libjvm(), options(), mainClass);
    process.exit(4);
  },
};
await ways[process.argv[2]]();
console.log(JSON.stringify(answers));
