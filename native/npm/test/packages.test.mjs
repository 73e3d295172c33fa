// What is packed, and that it works where nothing else is: run after native/scripts/pack.sh.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { endAll, endOne, Installed, native, target } from "./installed.mjs";

const js = join(native, "..", "js-sdk");
const tools = createRequire(join(js, "package.json"));
const laidOut = join(native, "target", "npm", "packages");
const { version } = json(join(js, "package.json"));
const addon = `@runar/native-${target()}`;
const ANSWER = "1 + 2 = 3\n";

let installed;
before(() => {
  installed = new Installed();
});
after(() => installed?.remove());

function json(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

function packages() {
  const scoped = readdirSync(join(laidOut, "@runar")).map((name) => `@runar/${name}`);
  return [...scoped, "runar-ts"];
}

/** Takes something away from the installation, runs, and puts it back. */
async function without(name, action) {
  const aside = installed.path("aside");
  renameSync(installed.package(name), aside);
  try {
    await action();
  } finally {
    rmSync(installed.package(name), { recursive: true, force: true });
    renameSync(aside, installed.package(name));
  }
}

/** Changes a copy of a package's file, runs, and puts the old one back. */
async function changed(name, file, change, action) {
  const path = installed.package(name, file);
  const before = readFileSync(path);
  change(path);
  try {
    await action();
  } finally {
    writeFileSync(path, before);
  }
}

describe("what is packed", () => {
  test("each package says what it is, for which machines, and runs nothing when it is installed", () => {
    const targets = json(join(native, "npm", "targets.json"));
    for (const name of packages()) {
      const manifest = json(join(laidOut, name, "package.json"));
      assert.equal(manifest.name, name);
      assert.equal(manifest.version, version);
      assert.ok(manifest.license && manifest.description && manifest.engines.node, name);
      assert.equal(manifest.scripts, undefined, name);
      assert.equal(manifest.devDependencies, undefined, name);
      const { os, cpu, libc } = targets[name.replace("@runar/native-", "")] ?? {};
      if (os !== undefined) {
        assert.deepEqual(
          [manifest.os, manifest.cpu, manifest.libc],
          [[os], [cpu], libc && [libc]],
          name,
        );
      }
    }
  });

  test("runar-ts asks for each of the others in its own version, and for none by force", () => {
    const manifest = json(join(laidOut, "runar-ts", "package.json"));
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifest;
    assert.equal(dependencies, undefined);
    const targets = Object.keys(json(join(native, "npm", "targets.json")));
    assert.deepEqual(Object.keys(optionalDependencies), [
      "@runar/runtime",
      ...targets.map((each) => `@runar/native-${each}`),
    ]);
    assert.deepEqual(new Set(Object.values(optionalDependencies)), new Set([version]));
    for (const [name, range] of Object.entries(peerDependencies)) {
      assert.equal(peerDependenciesMeta[name].optional, true, name);
      assert.equal(range, name === "vitest" ? ">=2" : version, name);
    }
  });

  test("the tarballs have what is said to be in them, and nothing of the checkout's", () => {
    const names = (name) =>
      execFileSync("tar", ["tzf", join(native, "target", "npm", `${name}-${version}.tgz`)], {
        encoding: "utf8",
        maxBuffer: 1 << 26,
      })
        .split("\n")
        .filter((each) => each !== "" && !each.endsWith("/"))
        .map((each) => each.replace(/^package\//, ""))
        .sort();
    const also = ["LICENSE", "NOTICE", "README.md", "package.json"];
    assert.deepEqual(
      names(`runar-native-${target()}`),
      [...also, "index.cjs", "runar_native.node"].sort(),
    );
    const runtime = names("runar-runtime");
    assert.deepEqual(
      runtime.filter((each) => !/^lib\/[\w.-]+\.jar$/.test(each)),
      [...also, "THIRD-PARTY.txt", "runar.jar"].sort(),
    );
    const graaljs = names("runar-graaljs");
    assert.deepEqual(
      graaljs.filter((each) => !/^(lib|compiler)\/[\w.-]+\.jar$/.test(each)),
      [...also, "THIRD-PARTY.txt"].sort(),
    );
    assert.deepEqual(
      runtime.filter((each) => /polyglot|truffle|js-language|icu4j|swc4j/.test(each)),
      [],
    );
    assert.deepEqual(
      runtime.filter((each) => graaljs.includes(each) && each.startsWith("lib/")),
      [],
    );
    const sdk = names("runar-ts");
    assert.deepEqual(
      sdk.filter((each) => !/^(dist|src)\/[\w./-]+$/.test(each)),
      ["LICENSE", "README.md", "package.json"],
    );
    assert.ok(sdk.includes("dist/bin/runar.js"));
  });

  test("publint finds nothing to say", () => {
    for (const name of packages()) {
      execFileSync(process.execPath, [
        join(js, "node_modules", "publint", "src", "cli.js"),
        "run",
        join(laidOut, name),
        "--strict",
        "--pack=false",
      ]);
    }
  });

  test("the SDK's types are found by whoever has installed it", () => {
    const tsc = join(js, "node_modules", ".bin", "tsc");
    for (const [module, resolution] of [
      ["nodenext", "nodenext"],
      ["esnext", "bundler"],
    ]) {
      execFileSync(
        tsc,
        [
          "--noEmit",
          "--strict",
          "--skipLibCheck",
          "false",
          "--target",
          "es2022",
          "--types",
          "",
        ].concat(["--module", module, "--moduleResolution", resolution, "app.ts"]),
        { cwd: installed.folder, stdio: "pipe" },
      );
    }
  });
});

describe("an installation", () => {
  for (const transport of ["process", "native"]) {
    test(`hosts a service in Node.js, ${transport}, without scripts' engine or a Java of the machine`, async () => {
      const { code, out, err } = await installed.node(["app.mjs"], { RUNAR_TRANSPORT: transport });
      assert.deepEqual([code, out], [0, ANSWER], err);
    });
  }

  test("takes the node into the program by itself, and has nothing to say of it", async () => {
    const { code, out, err } = await installed.node(["app.mjs"]);
    assert.deepEqual([code, out], [0, ANSWER], err);
    assert.doesNotMatch(err, /process of its own/);
  });

  test("`npx runar run app.ts` runs it in the node itself", async () => {
    const npx = installed.path("path", "npx");
    const words = ["--offline", "runar", "run", "app.ts"];
    const { code, out, err } = await installed.run(npx, words, {}, { after: ANSWER, end: endAll });
    assert.deepEqual([code, out], [0, ANSWER], err);
  });

  test("`runar` has the Java of the package, the compiler of scripts, and the command's end", async () => {
    const runar = installed.package(".bin", "runar");
    const doctor = await installed.run(runar, ["doctor"]);
    const jre = installed.package(`@runar/jre-${target().replace("-gnu", "")}`, "jre");
    assert.match(doctor.out, new RegExp(`^ok +java +\\S+.* in ${jre}$`, "m"), doctor.err);
    assert.match(doctor.out, /^ok +compiler +JavaScript is compiled/m);
    assert.equal((await installed.run(runar, ["no-such-command"])).code, 2);
    const ending = { after: ANSWER, end: endOne };
    const ended = await installed.node([runar, "run", "app.ts"], {}, ending);
    assert.deepEqual([ended.code, ended.out], [0, ANSWER], ended.err);
  });

  const bun = process.env.RUNAR_BUN;
  test("does the same in Bun", { skip: !bun && "RUNAR_BUN names no Bun" }, async () => {
    for (const transport of ["process", "native"]) {
      const env = { RUNAR_TRANSPORT: transport };
      const { code, out, err } = await installed.run(bun, ["app.mjs"], env);
      assert.deepEqual([code, out], [0, ANSWER], err);
    }
  });
});

describe("what is missing or wrong is said", () => {
  const refused = (error) => new RegExp(`NotRunningError: [^]*${error}`);

  test("an addon that npm has left out: the node has a process of its own, and one line says so", async () => {
    await without(addon, async () => {
      const found = await installed.node(["app.mjs"]);
      assert.deepEqual([found.code, found.out], [0, ANSWER], found.err);
      const why = `the package ${addon} is not installed: run \`npm install ${addon}@${version}\``;
      assert.ok(
        found.err.startsWith(`runar: the node runs in a process of its own, since ${why}`),
        found.err,
      );
      const wanted = await installed.node(["app.mjs"], { RUNAR_TRANSPORT: "native" });
      assert.equal(wanted.code, 1);
      assert.match(wanted.err, refused(why));
    });
  });

  test("an addon that is none", async () => {
    await changed(
      addon,
      "runar_native.node",
      (file) => writeFileSync(file, "nothing"),
      async () => {
        const { code, err } = await installed.node(["app.mjs"], { RUNAR_TRANSPORT: "native" });
        assert.equal(code, 1);
        assert.match(err, refused(`the addon ${addon} does not load: `));
      },
    );
  });

  test("a machine that there is no addon for", async () => {
    const env = { RUNAR_TRANSPORT: "native", ELSEWHERE: "sunos-riscv64" };
    const { code, err } = await installed.node(["--require", "./elsewhere.cjs", "app.mjs"], env);
    assert.equal(code, 1);
    assert.match(err, refused("there is no native addon for sunos-riscv64"));
  });

  test("no files of the node's", async () => {
    await without("@runar/runtime", async () => {
      const { code, err } = await installed.node(["app.mjs"]);
      assert.equal(code, 1);
      assert.match(err, refused("package @runar/runtime: is not installed"));
      assert.match(err, new RegExp(`Install the package @runar/runtime@${version}`));
    });
  });

  test("a jar that is cut off", async () => {
    for (const transport of ["native", "process"]) {
      await changed(
        "@runar/runtime",
        "runar.jar",
        (file) => truncateSync(file, 100_000),
        async () => {
          const { code, err } = await installed.node(["app.mjs"], { RUNAR_TRANSPORT: transport });
          assert.equal(code, 1);
          assert.match(err, refused("runar.jar is damaged, it is no whole jar: run `npm install"));
        },
      );
    }
  });

  test("packages of different versions", async () => {
    const older = (file) => {
      const text = readFileSync(file, "utf8");
      writeFileSync(file, text.replace(`"version": "${version}"`, '"version": "0.0.1"'));
    };
    await changed("@runar/runtime", "package.json", older, async () => {
      const { code, err } = await installed.node(["app.mjs"]);
      assert.equal(code, 1);
      assert.match(err, refused(`is of version 0.0.1, and this runar-ts is of ${version}`));
    });
  });

  test("`runar run` without the engine of scripts names what to install, and ends with 78", async () => {
    await without("@runar/graaljs", async () => {
      const runar = installed.package(".bin", "runar");
      const { code, err } = await installed.run(runar, ["run", "app.ts"]);
      assert.equal(code, 78);
      assert.match(err, new RegExp(`^runar: .*run \`npm install @runar/graaljs@${version}\`\n$`));
      assert.equal((await installed.run(runar, ["--version"])).out, `runar ${version}\n`);
    });
  });
});

describe("a bundle", () => {
  /** Bundles a program, and runs it in a folder of its own that has those packages beside it. */
  async function bundled(external, names, env) {
    const { rolldown } = tools("rolldown");
    const folder = mkdtempSync(join(tmpdir(), "runar-bundle-"));
    try {
      const bundle = await rolldown({
        cwd: installed.folder,
        input: "app.mjs",
        platform: "node",
        external,
      });
      await bundle.write({ file: join(folder, "bundle.mjs"), format: "esm" });
      await bundle.close();
      for (const name of names) {
        cpSync(installed.package(name), join(folder, "node_modules", name), { recursive: true });
      }
      return await installed.node([join(folder, "bundle.mjs")], env);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test("sees the addon: a bundler that cannot carry one says which file", async () => {
    await assert.rejects(bundled([], [], {}), /Could not load .*runar_native\.node/);
  });

  test("works beside the packages", async () => {
    const jre = `@runar/jre-${target().replace("-gnu", "")}`;
    for (const transport of ["process", "native"]) {
      const { code, out, err } = await bundled([/^@runar\//], ["@runar/runtime", addon, jre], {
        RUNAR_TRANSPORT: transport,
      });
      assert.deepEqual([code, out], [0, ANSWER], err);
    }
  });

  test("says what it lacks without them", async () => {
    const { code, err } = await bundled([/^@runar\//], [], {});
    assert.equal(code, 1);
    assert.match(err, /package @runar\/runtime: is not installed/);
  });
});
