import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: {
      "runar:host": file("./test/fake-host.ts"),
      "runar-ts": file("./src/index.ts"),
    },
  },
  test: {
    include: ["test/*.test.ts"],
    testTimeout: 5_000,
    typecheck: { enabled: true, include: ["test/*.test-d.ts"], tsconfig: "./tsconfig.json" },
  },
});
