// Lays out the packages of npm below target/npm/packages and packs each into target/npm. Called by
// pack.sh, with the name of the target that the Java in target/jre is for; with the word jre behind
// it, that Java alone is packed, beside what is there.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { layOutLicences } from "./licences.mjs";

const root = resolve(import.meta.dirname, "..", "..");
const native = join(root, "native");
const built = join(root, "runtime", "target");
const out = join(native, "target", "npm");
const sdk = json(join(root, "js-sdk", "package.json"));
const targets = json(join(native, "npm", "targets.json"));
const [jreTarget, part] = process.argv.slice(2);

/** What runs scripts in the node: nothing else on the class path asks for it. */
const GRAALJS =
  /^(polyglot|collections|nativeimage|word|js-language|regex|icu4j|xz|truffle-(api|compiler|runtime)|chromeinspector-tool|jniutils|profiler-tool|json|swc4j(-[a-z0-9_-]+)?)-\d[\w.]*\.jar$/;

const KEYWORDS = ["runar"];
const laidOut = [];

if (part === "jre") {
  layOutJre();
} else {
  rmSync(out, { recursive: true, force: true });
  for (const target of Object.keys(targets)) {
    layOutAddon(target);
  }
  layOutJars();
  layOutJre();
  layOutSdk();
}
pack();

function layOutAddon(target) {
  const addon = join(native, "target", target, "runar_native.node");
  if (!existsSync(addon)) {
    console.log(`no addon for ${target}: scripts/cross.sh compiles it`);
    return;
  }
  const { machine, ...fields } = targets[target];
  const folder = layOut(
    `@runar/native-${target}`,
    {
      description: `The native addon of runar-ts for ${machine}`,
      ...limited(fields),
      main: "./index.cjs",
      exports: { ".": "./index.cjs", "./package.json": "./package.json" },
      files: ["index.cjs", "runar_native.node", "NOTICE"],
    },
    readme("native", { machine }),
  );
  copyNotices(folder);
  cpSync(join(native, "npm", "native", "index.cjs"), join(folder, "index.cjs"));
  cpSync(addon, join(folder, "runar_native.node"));
}

function layOutJars() {
  const manifest = readFileSync(join(native, "target/manifest/META-INF/MANIFEST.MF"), "utf8");
  const classPath = /^Class-Path: (.*)$/m.exec(manifest.replace(/\r?\n /g, ""));
  const jars = classPath[1].trim().split(" ");
  const ofScripts = jars.filter((jar) => GRAALJS.test(jar.replace("lib/", "")));
  const runtime = layOut(
    "@runar/runtime",
    {
      description: "The Runar node as Java archives, for runar-ts in Node.js and Bun",
      files: ["runar.jar", "lib", "licences", "NOTICE"],
      exports: { "./package.json": "./package.json" },
    },
    readme("runtime", {}),
  );
  copyNotices(runtime);
  cpSync(join(built, "runar.jar"), join(runtime, "runar.jar"));
  copyJars(
    jars.filter((jar) => !ofScripts.includes(jar)),
    runtime,
  );
  const graaljs = layOut(
    "@runar/graaljs",
    {
      description:
        "What runs scripts inside the Runar node: GraalJS and the compiler of TypeScript",
      files: ["lib", "compiler", "licences"],
      exports: { "./package.json": "./package.json" },
      // The compiler of TypeScript inside is for this machine alone.
      ...limited({ os: "linux", cpu: "x64", libc: "glibc" }),
    },
    readme("graaljs", {}),
  );
  copyJars(ofScripts, graaljs);
  cpSync(join(built, "compiler"), join(graaljs, "compiler"), { recursive: true });
  const licences = join(built, "licences");
  license(runtime, layOutLicences(licences, runtime, ["Apache-2.0"]));
  license(graaljs, layOutLicences(licences, graaljs, []));
}

function copyJars(jars, folder) {
  for (const jar of jars) {
    cpSync(join(built, jar), join(folder, jar));
  }
}

function layOutJre() {
  const jre = join(native, "target", "jre");
  const release = readFileSync(join(jre, "release"), "utf8");
  const said = (key) => new RegExp(`^${key}="([^"]*)"`, "m").exec(release)?.[1] ?? "";
  const version = said("JAVA_VERSION");
  const { machine, ...fields } = targets[jreTarget] ?? targets[`${jreTarget}-gnu`];
  const about = { machine, version, java: version.split(".")[0], implementor: said("IMPLEMENTOR") };
  const folder = layOut(
    `@runar/jre-${jreTarget}`,
    {
      description: `A Java ${version} for runar-ts on ${machine}`,
      license: "GPL-2.0-only WITH Classpath-exception-2.0",
      ...limited(fields),
      files: ["jre"],
      exports: { "./package.json": "./package.json" },
    },
    readme("jre", about),
  );
  // npm packs no links, and legal notices are full of them.
  cpSync(jre, join(folder, "jre"), { recursive: true, dereference: true });
  // Nothing in it is Runar's.
  cpSync(join(folder, "jre", "legal", "java.base", "LICENSE"), join(folder, "LICENSE"));
}

function layOutSdk() {
  const folder = join(out, "packages", "runar-ts");
  const { scripts, devDependencies, ...fields } = sdk;
  const version = fields.version;
  const addons = Object.keys(targets).map((target) => `@runar/native-${target}`);
  const jres = Object.keys(targets).map((target) => `@runar/jre-${target.replace("-gnu", "")}`);
  const asked = ["@runar/graaljs", ...jres];
  const manifest = {
    ...fields,
    files: [...fields.files, "NOTICE"],
    // Each of the same version: they are published together.
    optionalDependencies: Object.fromEntries(
      ["@runar/runtime", ...addons].map((name) => [name, version]),
    ),
    peerDependencies: {
      ...fields.peerDependencies,
      ...Object.fromEntries(asked.map((name) => [name, version])),
    },
    peerDependenciesMeta: {
      ...fields.peerDependenciesMeta,
      ...Object.fromEntries(asked.map((name) => [name, { optional: true }])),
    },
  };
  mkdirSync(folder, { recursive: true });
  write(folder, "package.json", JSON.stringify(manifest, undefined, 2));
  for (const name of ["README.md", "dist", "src"]) {
    cpSync(join(root, "js-sdk", name), join(folder, name), { recursive: true });
  }
  copyNotices(folder);
  laidOut.push(folder);
}

/** Makes the folder of a package with what each of them has. */
function layOut(name, fields, text) {
  const folder = join(out, "packages", name);
  mkdirSync(folder, { recursive: true });
  const manifest = {
    name,
    version: sdk.version,
    license: "Apache-2.0",
    ...(sdk.repository === undefined ? {} : { repository: sdk.repository }),
    keywords: KEYWORDS,
    engines: sdk.engines,
    preferUnplugged: true, // Java and the loader of addons read files, no archives
    ...fields,
  };
  write(folder, "package.json", JSON.stringify(manifest, undefined, 2));
  write(folder, "README.md", text.replaceAll("{{name}}", name));
  laidOut.push(folder);
  return folder;
}

/** Those of Runar, for what is Runar's. */
function copyNotices(folder) {
  for (const name of ["LICENSE", "NOTICE"]) {
    cpSync(join(root, name), join(folder, name));
  }
}

/** Says the licence of a package. */
function license(folder, expression) {
  const file = join(folder, "package.json");
  write(
    folder,
    "package.json",
    JSON.stringify({ ...json(file), license: expression }, undefined, 2),
  );
}

function limited({ os, cpu, libc }) {
  return { os: [os], cpu: [cpu], ...(libc === undefined ? {} : { libc: [libc] }) };
}

function readme(kind, values) {
  const text = readFileSync(join(native, "npm", kind, "README.md"), "utf8");
  return Object.entries(values).reduce(
    (all, [key, value]) => all.replaceAll(`{{${key}}}`, value),
    text,
  );
}

function pack() {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const options = [
    "pack",
    "--json",
    "--ignore-scripts",
    "--loglevel=error",
    "--pack-destination",
    out,
  ];
  const text = execFileSync(npm, [...options, ...laidOut], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
    stdio: ["ignore", "pipe", "inherit"],
    shell: process.platform === "win32",
  });
  for (const { name, filename, unpackedSize, entryCount } of Object.values(JSON.parse(text))) {
    const packed = statSync(join(out, filename)).size;
    console.log(
      `${name.padEnd(32)} ${mb(packed)} packed ${mb(unpackedSize)} unpacked ${String(entryCount).padStart(5)} files`,
    );
  }
}

function mb(bytes) {
  return `${(bytes / 1e6).toFixed(2).padStart(7)} MB`;
}

function json(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

function write(folder, name, text) {
  writeFileSync(join(folder, name), `${text.trimEnd()}\n`);
}
