#!/usr/bin/env node
// `runar`, where it was installed by npm: the command runs in a Java process, with this program's
// standard streams and exit code.
import { processes } from "../link/node-modules.js";
import { thisMachine } from "../link/process.js";
import { program } from "../link/program.js";
import { findCommand, type Start } from "../link/runtime-home.js";

/** As the launcher of a checkout has it: this machine lacks something. */
const LACKING = 78;
/** What asks the command to end. A terminal sends it to both, and the command takes that for one. */
const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"];

async function start(words: readonly string[]): Promise<void> {
  const machine = await thisMachine();
  if (words[0] === "cache") {
    const { makeCache } = await import("./cache.js");
    program.stdout.write(`made ${await makeCache(machine)}\n`);
    return program.exit(0);
  }
  await run(findCommand(machine, words));
}

async function run({ command, args, env }: Start): Promise<void> {
  const { spawn } = await processes();
  const child = spawn(command, args, { stdio: "inherit", env: { ...program.env, ...env } });
  for (const signal of FORWARDED) {
    program.on(signal, () => child.kill(signal));
  }
  child.on("error", (error) => lacking(`${command} did not start: ${error.message}`));
  child.on("close", (code, signal) => {
    if (signal === null) {
      program.exit(code ?? 0);
    }
    program.removeAllListeners(signal);
    program.kill(program.pid, signal);
  });
}

function lacking(why: string): never {
  program.stderr.write(`runar: ${why}\n`);
  return program.exit(LACKING);
}

start(program.argv.slice(2)).catch((error: Error) => lacking(error.message));
