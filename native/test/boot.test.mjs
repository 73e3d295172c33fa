// Boots that cannot succeed, and more than one boot: each a clear error, never the end of the
// process.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { libjvm } from "./bridge.mjs";
import { run, runInTime } from "./run.mjs";

async function boots(way, ...more) {
  const { said, code, signal, stderr } = await run("boots.mjs", [way, ...more]);
  assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: "" });
  return said;
}

async function fails(way, code, message) {
  const [answer] = await boots(way);
  assert.equal(answer.code, code);
  assert.match(answer.message, message);
  assert.equal(answer.type, "Error");
}

test("no library: told, and another one may be tried", async () => {
  const [first, second] = await boots("no library");
  assert.equal(first.code, "ERR_JVM_LOAD");
  assert.match(first.message, /\/nowhere\/libjvm\.so: cannot open/);
  assert.deepEqual(second, { resolved: "undefined" });
});

test("no library but a file", () =>
  fails("no elf", "ERR_JVM_LOAD", /libjvm\.so: (file too short|invalid ELF header)/));

test("a library that is no Java machine, and then one that is", async () => {
  const [first, second] = await boots("another library");
  assert.equal(first.code, "ERR_JVM_LOAD");
  assert.match(first.message, /libjvm\.so is no Java machine: it lacks JNI_CreateJavaVM/);
  assert.deepEqual(second, { resolved: "undefined" });
});

test("half of a library", () =>
  fails("half a library", "ERR_JVM_LOAD", /libjvm\.so is not whole: .* after 1000000 bytes/));

test("a folder, and a pipe that nobody writes into", async () => {
  await fails("a folder", "ERR_JVM_LOAD", /runar-boot-\w+ is not a file/);
  await fails("a pipe", "ERR_JVM_LOAD", /pipe is not a file/);
});

test("a Java machine without its classes, and then one with them", async () => {
  const [first, second] = await boots("no classes");
  assert.equal(first.code, "ERR_JVM_LOAD");
  assert.match(first.message, /libjvm\.so has no file modules .* install Java again/);
  assert.deepEqual(second, { resolved: "undefined" });
});

test("a Java machine of another libc", async () => {
  for (const [needed, advice] of [
    ["libc.musl-x86_64.so.1", /this Java is for musl .*: install a Java for glibc/],
    ["ld-linux-unknown.so.2", /this Java is for glibc, .*: install a Java for musl/],
  ]) {
    const [answer] = await boots("another libc", needed);
    assert.equal(answer.code, "ERR_JVM_LOAD");
    assert.match(answer.message, /could not be loaded: \/.*libjvm\.so: .*cannot open/);
    assert.match(answer.message, advice);
  }
});

test("a path through a link is that of a machine", async () => {
  assert.deepEqual(await boots("through a link"), [{ resolved: "undefined" }]);
});

test("an option that the machine does not know", async () => {
  const answers = await boots("unknown option");
  const expected = {
    code: "ERR_JVM_CREATE",
    message: `the Java machine ${libjvm()} did not start: Unrecognized option: --no-such-option`,
    type: "Error",
  };
  assert.deepEqual(answers, [expected, expected]);
});

test("a heap that is too small", () =>
  fails("bad heap", "ERR_JVM_CREATE", /Too small maximum heap/));

test("a heap that no machine has", () =>
  fails(
    "huge heap",
    "ERR_JVM_CREATE",
    /Could not reserve|exceeds the maximum|Invalid .* heap size/,
  ));

test("a module that is not there: Java itself says it, on standard output", async () => {
  const { said, stdout, code } = await run("boots.mjs", ["missing module"]);
  assert.equal(said[0].code, "ERR_JVM_CREATE");
  assert.match(
    said[0].message,
    /did not start: if it said why, it did on standard output or standard/,
  );
  assert.match(stdout, /Module no\.such\.module not found/);
  assert.equal(code, 0);
});

test("no main class", () =>
  fails("no main class", "ERR_JVM_MAIN", /^java\.lang\.NoClassDefFoundError: no\/such\/Main; the/));

test("a main class without run()", () =>
  fails("no run", "ERR_JVM_MAIN", /^java\.lang\.NoSuchMethodError: .*run/));

test("a corrupt jar", () =>
  fails(
    "corrupt jar",
    "ERR_JVM_MAIN",
    /^java\.lang\.NoClassDefFoundError: dev\/runar\/internal\/host\/HostLink; the class path is .*broken\.jar: if/,
  ));

test("a class path without the Java half", () =>
  fails(
    "empty class path",
    "ERR_JVM_MAIN",
    /^java\.lang\.NoClassDefFoundError: dev\/runar\/internal\/host\/HostLink/,
  ));

const older = ["/usr/lib/jvm/java-17-openjdk-amd64/lib/server/libjvm.so"].find(existsSync);
test("a machine that is too old", { skip: !older && "there is no Java 17 here" }, async () => {
  const [answer] = await boots("older", older);
  assert.equal(answer.code, "ERR_JVM_MAIN");
  assert.match(
    answer.message,
    /^java\.lang\.UnsupportedClassVersionError: dev\/runar\/internal\/host\/HostLink/,
  );
  assert.ok(answer.message.endsWith(`is ${older}: boot that of a Java 25 or newer`));
});

test("a main class that exits as it is made", () =>
  fails("exits as it is made", "ERR_JVM_DEAD", /has exited while it was made/));

test("the same boot again resolves", async () => {
  assert.deepEqual(await boots("twice the same"), Array(4).fill({ resolved: "undefined" }));
});

test("another boot is refused", async () => {
  const answers = await boots("twice, otherwise");
  assert.deepEqual(answers.map((answer) => answer.code).sort(), [
    "ERR_JVM_OPTIONS",
    "ERR_JVM_OPTIONS",
    "ERR_JVM_OPTIONS",
    "ERR_JVM_OPTIONS",
    undefined,
  ]);
});

for (const way of ["second copy", "second copy, another Java"]) {
  test(`a ${way}: refused`, async () => {
    const [first, second] = await boots(way);
    assert.deepEqual(first, { resolved: "undefined" });
    assert.equal(second.code, "ERR_JVM_TAKEN");
    assert.match(second.message, /a second copy of this addon; .* install and load one copy$/);
  });
}

for (const way of ["second copy at once", "second copy, another Java, at once"]) {
  test(`a ${way}: one of the two is refused`, async () => {
    const answers = await boots(way);
    assert.deepEqual(answers.map((answer) => answer.code ?? answer.resolved).sort(), [
      "ERR_JVM_TAKEN",
      "undefined",
    ]);
  });
}

test("no option takes the hooks of the addon away", async () => {
  assert.deepEqual(await boots("hooks"), [{ resolved: "undefined" }]);
});

test("a log file of the machine is its own", async () => {
  const [answer, log] = await boots("log file");
  assert.deepEqual(answer, { resolved: "undefined" });
  assert.match(log, /Using G1/);
});

test("what the machine says as it starts comes whole, on standard error", async () => {
  const { said, stderr, code } = await run("boots.mjs", ["much to say"]);
  assert.deepEqual({ said, code }, { said: [{ resolved: "undefined" }], code: 0 });
  const flags = stderr.split("\n").filter((line) => line.includes(" = "));
  assert.match(stderr, /^\[Global flags\]\n/);
  assert.match(flags[0], / AOTCache /);
  assert.match(flags.at(-1), / ZeroTLAB /);
  assert.ok(flags.length > 400, `${flags.length} flags`);
});

test("there is a bound on boots that are pending", async () => {
  assert.deepEqual(await boots("too many"), [{ ERR_LIMIT: 300 - 256, resolved: 256 }]);
});

test("the process may exit while it boots", async () => {
  const { code, signal, stderr } = await runInTime("boots.mjs", ["exit while it boots"]);
  assert.deepEqual({ code, signal, stderr }, { code: 4, signal: null, stderr: "" });
});
