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

async function start(): Promise<Start> {
  try {
    return findCommand(await thisMachine(), program.argv.slice(2));
  } catch (error) {
    program.stderr.write(`runar: ${(error as Error).message}\n`);
    return program.exit(LACKING);
  }
}

const { command, args, env } = await start();
const { spawn } = await processes();
const child = spawn(command, args, { stdio: "inherit", env: { ...program.env, ...env } });
for (const signal of FORWARDED) {
  program.on(signal, () => child.kill(signal));
}
child.on("error", (error) => {
  program.stderr.write(`runar: ${command} did not start: ${error.message}\n`);
  program.exit(LACKING);
});
child.on("close", (code, signal) => {
  if (signal === null) {
    program.exit(code ?? 0);
  }
  program.removeAllListeners(signal);
  program.kill(program.pid, signal);
});
