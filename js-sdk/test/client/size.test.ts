import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";

test("the client in one file is smaller than 8 kB, compressed", async () => {
  const input = fileURLToPath(new URL("../../src/client/index.ts", import.meta.url));
  const bundle = await rolldown({ input });
  const { output } = await bundle.generate({ minify: true });
  expect(output).toHaveLength(1);
  expect(output[0].imports).toEqual([]);
  const size = gzipSync(output[0].code).length;
  console.log(`runar-ts/client: ${size} bytes compressed`);
  expect(size).toBeLessThan(8_000);
}, 60_000);
