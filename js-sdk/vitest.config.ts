import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const alias = [
  { find: /^runar-ts$/, replacement: file("./src/index.ts") },
  { find: /^runar-ts\/client$/, replacement: file("./src/client/index.ts") },
  { find: /^runar-ts\/test$/, replacement: file("./src/test/index.ts") },
];

export default defineConfig({
  test: {
    testTimeout: 5_000,
    projects: [
      {
        resolve: { alias },
        test: {
          name: "sdk",
          include: ["test/*.test.ts"],
          setupFiles: ["test/fake-host.ts"],
          typecheck: { enabled: true, include: ["test/*.test-d.ts"], tsconfig: "./tsconfig.json" },
        },
      },
      { resolve: { alias }, test: { name: "client", include: ["test/client/*.test.ts"] } },
      // Some of them start Node.js a few times.
      {
        resolve: { alias },
        test: { name: "link", include: ["test/link/*.test.ts"], testTimeout: 30_000 },
      },
      // As a user's own tests: nothing but Node.js.
      { resolve: { alias }, test: { name: "kit", include: ["test/kit/*.test.ts"] } },
    ],
  },
});
