// A program with a node in a child process: how it ends is what a test looks at.
import { fileURLToPath } from "node:url";
import { isMainThread, Worker } from "node:worker_threads";

const [folder, wanted] = process.argv.slice(2);
const script = isMainThread ? wanted : "idle";
const { LinkHost } = await import(`${folder}/link/link-host.js`);
const { ProcessTransport } = await import(`${folder}/link/process.js`);

const child = fileURLToPath(new URL("./child.mjs", import.meta.url));
const find = async () => ({ command: process.execPath, args: [child], env: {} });
const host = new LinkHost(() => new ProcessTransport(find));
host.configure("{}");
const asking = { within: null, onMeta: null, sends: false };
const pid = await new Promise((resolve, reject) => {
  host.request("pid", "value", null, null, asking, (_, text) => resolve(text), reject);
});
switch (script) {
  case "exits":
    await host.start();
    process.stdout.write(pid, () => process.exit(3));
    break;
  case "throws":
    await host.start();
    process.stdout.write(pid, () => {
      throw new Error("nobody catches it");
    });
    break;
  case "worker":
    await host.start();
    process.stdout.write(`${pid} `);
    new Worker(new URL(import.meta.url), { argv: [folder] }).on("exit", () => host.stop());
    break;
  case "idle":
    process.stdout.write(pid);
    break;
  case "killed":
    await host.start();
    process.stdout.write(pid);
    break;
  case "started":
    await host.start();
    process.stdout.write("started\n");
    setTimeout(async () => {
      await host.stop();
      process.stdout.write("stopped\n");
    }, 100).unref(); // the node alone keeps the program
}
