import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Against a real node, as a program in Node.js has it: what `vitest.config.ts` runs needs no Java.
export default defineConfig({
  resolve: {
    alias: [
      { find: /^runar-ts$/, replacement: file("./src/node-entry.ts") },
      { find: /^runar-ts\/test$/, replacement: file("./src/test/index.ts") },
    ],
  },
  test: { include: ["test/node/*.test.ts"], testTimeout: 20_000, hookTimeout: 60_000 },
});
