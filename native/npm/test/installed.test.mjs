// That what is packed works where nothing else is; run after native/scripts/pack.sh. RUNAR_NODE is the
// path of another Node.js to run programs in, RUNAR_BUN of a Bun.
import assert from "node:assert/strict";
import { existsSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { hasGlibc, Installed, jre, json, native, target } from "./installed.mjs";

const { version } = json(join(native, "..", "js-sdk", "package.json"));
const addon = `@runar/native-${target()}`;
const ANSWER = "1 + 2 = 3\n";
/** The engine of scripts is packed for one machine. */
const noEngine = target() !== "linux-x64-gnu" && "there is no @runar/graaljs for this machine";
/** Its compiler of TypeScript asks for a newer glibc than the rest; pack.sh holds it to that. */
const noScripts =
  noEngine ||
  (!hasGlibc(2, 29) && "@runar/graaljs needs glibc 2.29, and this machine has an older one");

/** The one of the tests in test/node, where that is installed. */
const ofTests = join(
  native,
  "test",
  "node",
  "node_modules",
  "@oven",
  "bun-linux-x64",
  "bin",
  "bun",
);
const bun = process.env.RUNAR_BUN ?? (existsSync(ofTests) ? ofTests : undefined);

let installed;
before(() => {
  installed = new Installed();
});
after(() => installed?.remove());

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

  test("`npx runar run` runs a script in the node itself", { skip: noScripts }, async () => {
    const npx = installed.path("path", "npx");
    const words = ["--offline", "runar", "run", "once.ts"];
    const { code, out, err } = await installed.run(npx, words);
    assert.deepEqual([code, out], [7, "started once\n"], err);
  });

  test("`runar` has the Java of the package, the compiler of scripts, and the command's end", {
    skip: noScripts,
  }, async () => {
    const runar = installed.package(".bin", "runar");
    const doctor = await installed.run(runar, ["doctor"]);
    const home = installed.package(jre(), "jre");
    assert.match(doctor.out, new RegExp(`^ok +java +\\S+.* in ${home}$`, "m"), doctor.err);
    assert.match(doctor.out, /^ok +compiler +JavaScript is compiled/m);
    assert.equal((await installed.run(runar, ["no-such-command"])).code, 2);
    const ended = await installed.node([runar, "run", "app.ts"], {}, ANSWER);
    assert.equal(ended.code, 0, ended.err);
    assert.ok(ended.out.startsWith(ANSWER), ended.out); // maybe it says that it is ready, too
  });

  test("`runar cache` makes what Java begins with sooner, and Java takes it", async () => {
    const strict = { RUNAR_TRANSPORT: "native", RUNAR_JAVA_OPTS: "-XX:AOTMode=on" };
    assert.equal((await installed.node(["app.mjs"], strict)).code, 1);
    const cache = installed.package("@runar/runtime", "runar-host.aot");
    const made = await installed.run(installed.package(".bin", "runar"), ["cache"]);
    assert.deepEqual([made.code, made.out], [0, `made ${cache}\n`], made.err);
    const { code, out, err } = await installed.node(["app.mjs"], strict);
    assert.deepEqual([code, out], [0, ANSWER], err);
    rmSync(cache); // what it is like without one is tested, too
  });

  test("does the same in Bun", { skip: bun === undefined && "there is no Bun" }, async () => {
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

  test("`runar run` without the engine of scripts names what to install, and ends with 78", {
    skip: noEngine,
  }, async () => {
    await without("@runar/graaljs", async () => {
      const runar = installed.package(".bin", "runar");
      const { code, err } = await installed.run(runar, ["run", "app.ts"]);
      assert.equal(code, 78);
      assert.match(err, new RegExp(`^runar: .*run \`npm install @runar/graaljs@${version}\`\n$`));
      assert.equal((await installed.run(runar, ["--version"])).out, `runar ${version}\n`);
    });
  });
});
