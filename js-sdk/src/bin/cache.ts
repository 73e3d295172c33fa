// `runar cache`: what makes a node begin sooner in a program of Node.js or Bun. Java keeps what it has
// loaded and linked in a training run, for the very jar and Java that are here.
import { commandOf, findJava } from "../link/java.js";
import { CACHE, OPTIONS } from "../link/jvm.js";
import { LinkHost } from "../link/link-host.js";
import { type Machine, processes } from "../link/node-modules.js";
import { ProcessTransport } from "../link/process.js";
import { program } from "../link/program.js";
import { findJar, type Start } from "../link/runtime-home.js";

/** At its end Java writes down what it has seen. */
const END_MS = 300_000;
const CALLS = 2_000;

/**
 * Makes the cache, in place of an older one. For a program that does nothing else: it takes away
 * from its environment what configures nodes.
 *
 * @returns its file
 * @throws NotRunningError saying what is missing, or that it could not be made
 */
export async function makeCache(machine: Machine): Promise<string> {
  const { files, paths } = machine;
  const jar = findJar(machine);
  const command = commandOf(machine, findJava(machine));
  configureNothing();
  const cache = paths.join(paths.dirname(jar), CACHE);
  const [seen, made] = [`${cache}.seen`, `${cache}.new`];
  const options = [...OPTIONS, `-XX:AOTConfiguration=${seen}`];
  const classPath = ["-cp", jar];
  try {
    const args = [...options, "-XX:AOTMode=record", ...classPath, "dev.runar.cli.Main", "host"];
    await train({ command, args, env: {} });
    await run(command, [...options, "-XX:AOTMode=create", `-XX:AOTCache=${made}`, ...classPath]);
    files.renameSync(made, cache);
  } finally {
    files.rmSync(seen, { force: true });
    files.rmSync(made, { force: true });
  }
  return cache;
}

/** What configures the nodes of a shell is not meant for the one of the training run. */
function configureNothing(): void {
  for (const name of Object.keys(program.env)) {
    if (name.startsWith("RUNAR_")) {
      Reflect.deleteProperty(program.env, name);
    }
  }
}

/** What a program does with a node: it starts one, serves, asks, hears and stops. */
async function train(start: Start): Promise<void> {
  const transport = new ProcessTransport(async () => start, END_MS);
  const value = new LinkHost(() => transport);
  Object.defineProperty(globalThis, Symbol.for("runar.host"), { value });
  const { Node } = await import("../index.js");
  const node = new Node({ server: { port: 0 } });
  let heard = 0;
  await node.addService({
    name: "training",
    path: "training",
    actions: { add: (a: number, b: number): number => a + b },
    events: { "training/done": () => heard++ },
  });
  await node.start();
  for (let i = 0; i < CALLS; i++) {
    await node.request("training/add", [i, heard]);
    await node.publish("training/done", { i });
  }
  await node.stop();
  transport.ref();
  transport.close();
  await transport.exited;
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const { spawn } = await processes();
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  await new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`Java made no cache: exit code ${code}`)),
    );
  });
}
