// Bundles each file of `entries` into one script that the Java host loads on first touch of a
// global: a function that takes the environment of runtime's web files and returns the exports.
// Usage: node bundle.mjs TARGET
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

// The bundles run before the globals are there, so they get what the engine has: no latin1 then.
const PRELUDE = `(function (env) {
  "use strict";
  const { TextEncoder } = env.engine;
  const TextDecoder = function (label, options) {
    if (label !== "latin1") return new env.engine.TextDecoder(label, options);
    return {
      decode(bytes) {
        let text = "";
        for (let i = 0; i < bytes.length; i += 4096) {
          text += String.fromCharCode(...bytes.subarray(i, i + 4096));
        }
        return text;
      },
    };
  };
  const globalThis = Object.create(env.global, { TextDecoder: { value: TextDecoder } });
`;

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2];

/** The folder of the package that a bundled file is of. */
const packageOf = (input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
const packages = new Set();

for (const file of readdirSync(join(here, "entries")).sort()) {
  const name = file.replace(/\.mjs$/, "");
  const result = await build({
    entryPoints: [join(here, "entries", file)],
    bundle: true,
    write: false,
    metafile: true,
    absWorkingDir: here,
    format: "iife",
    globalName: "made",
    target: "es2022",
    charset: "utf8",
    legalComments: "inline",
    keepNames: true,
    minifyWhitespace: true,
    // Only documents have another encoding than UTF-8: URLs of scripts need no tables for it.
    alias:
      name === "url"
        ? { "@exodus/bytes/encoding.js": join(here, "empty.mjs"), tr46: join(here, "tr46.cjs") }
        : {},
    banner: { js: PRELUDE },
    footer: { js: "return made;\n})" },
  });
  writeFileSync(join(target, file.replace(/\.mjs$/, ".js")), result.outputFiles[0].text);
  for (const input of Object.keys(result.metafile.inputs)) {
    const folder = packageOf(input);
    if (folder !== undefined) packages.add(folder);
  }
}

// The licences ask for their text to go with the code.
const licences = [...packages].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(here, folder, "package.json")));
  const text = readdirSync(join(here, folder)).find((file) => /^licen[cs]e/i.test(file));
  return `${name} ${version} (${license})\n\n${readFileSync(join(here, folder, text), "utf8")}`;
});
writeFileSync(join(target, "LICENCES.txt"), licences.join("\n\n---\n\n"));
