import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const alias = [
  { find: /^runar-ts$/, replacement: file("./src/node-entry.ts") },
  { find: /^runar-ts\/test$/, replacement: file("./src/test/index.ts") },
];

/** Each file has a process of its own: there is one Java machine in a process. */
const on = (transport: string, include: string[]) => ({
  resolve: { alias },
  test: {
    name: transport,
    include,
    pool: "forks" as const,
    env: { RUNAR_TRANSPORT: transport },
    testTimeout: transport === "programs" ? 120_000 : 20_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
  },
});

// Against a real node, as a program in Node.js has it, on both transports: what `vitest.config.ts`
// runs needs no Java. The addon is built by native/scripts/build.sh.
export default defineConfig({
  test: {
    projects: [
      on("process", ["test/node/*.test.ts"]),
      on("native", ["test/node/!(killed).test.ts"]), // nobody can be killed for himself
      on("programs", ["test/native/*.test.ts"]),
    ],
  },
});
