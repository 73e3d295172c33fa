// Builds what the programs need: the SDK, and in native/target/flood a folder for RUNAR_HOME whose
// runar.jar is the Java code of these tests in front of the node's own jar, which must be there.
// `node test/node/prepare.mjs` after a change of either.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { findJdk } from "../bridge.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..", "..");
const sdk = join(root, "js-sdk");
const built = join(root, "runtime", "target");

/** The folder for RUNAR_HOME. */
export const home = join(root, "native", "target", "flood");

function needs(file, how) {
  if (!existsSync(file)) throw new Error(`${relative(root, file)} is not there: ${how}`);
}

function buildSdk() {
  const compiler = join(sdk, "node_modules", "typescript", "bin", "tsc");
  needs(compiler, "run npm ci in js-sdk");
  execFileSync(process.execPath, [compiler, "-p", join(sdk, "tsconfig.build.json")]);
  const installed = join(here, "..", "node_modules", "runar-ts"); // where npm does not look
  mkdirSync(dirname(installed), { recursive: true });
  rmSync(installed, { force: true });
  symlinkSync(sdk, installed);
}

function buildJava() {
  const jar = join(built, "runar.jar");
  needs(jar, "run mvn -DskipTests package");
  const bin = join(findJdk(), "bin");
  const classes = join(home, "classes");
  rmSync(home, { recursive: true, force: true });
  mkdirSync(classes, { recursive: true });
  const sources = join(here, "java", "dev", "runar", "flood");
  const files = readdirSync(sources).map((name) => join(sources, name));
  const classPath = `${jar}:${join(built, "lib", "*")}`;
  const strict = ["--release", "25", "-parameters", "-Xlint:all,-classfile,-processing", "-Werror"];
  execFileSync(join(bin, "javac"), [
    ...strict,
    "-proc:none",
    "-cp",
    classPath,
    "-d",
    classes,
    ...files,
  ]);
  const manifest = join(home, "manifest.txt");
  const behind = relative(home, jar);
  writeFileSync(manifest, `Main-Class: dev.runar.cli.Main\nClass-Path: ${behind}\n`);
  const services = ["-C", join(here, "java"), "META-INF"];
  const parts = ["-C", classes, ".", ...services];
  execFileSync(join(bin, "jar"), ["cfm", join(home, "runar.jar"), manifest, ...parts]);
}

/** Builds both. */
export function prepare() {
  buildSdk();
  buildJava();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) prepare();
