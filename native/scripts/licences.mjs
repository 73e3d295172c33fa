// Says under which licence each jar of a folder is, by its description in Maven's repository.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const repository = process.env.MAVEN_REPOSITORY ?? join(homedir(), ".m2", "repository");
const poms = new Map();

/** What Maven fetches without its description, by the name before the version. */
const KNOWN = {
  compiler:
    "GNU General Public License, version 2, with the Classpath Exception https://openjdk.java.net/legal/gplv2+ce.html",
};

/** One line a jar; throws where one does not say. */
export function licencesOf(folder) {
  const lines = readdirSync(folder)
    .filter((name) => name.endsWith(".jar"))
    .sort()
    .map((name) => `${name.padEnd(60)} ${licenceOf(name)}`);
  return `${lines.join("\n")}\n`;
}

function licenceOf(jar) {
  const known = KNOWN[jar.replace(/-\d.*$/, "")];
  if (known !== undefined) {
    return known;
  }
  for (let pom = pomOf(jar); pom !== undefined; pom = parentOf(pom)) {
    const block = /<licenses>([\s\S]*?)<\/licenses>/.exec(pom)?.[1];
    if (block !== undefined) {
      return [...block.matchAll(/<license>([\s\S]*?)<\/license>/g)]
        .map(([, each]) => `${tag(each, "name")} ${tag(each, "url")}`.trim())
        .join("; ");
    }
  }
  throw new Error(`${jar} does not say its licence`);
}

function pomOf(jar) {
  if (poms.size === 0) {
    for (const path of readdirSync(repository, { recursive: true })) {
      if (path.endsWith(".pom")) {
        poms.set(path.split(/[\\/]/).at(-1), join(repository, path));
      }
    }
  }
  // A classifier is no part of the name of the description.
  for (
    let name = jar.replace(/\.jar$/, "");
    name.includes("-");
    name = name.replace(/-[^-]*$/, "")
  ) {
    const file = poms.get(`${name}.pom`);
    if (file !== undefined) {
      return readFileSync(file, "utf8");
    }
  }
  throw new Error(`${jar} is of no package in ${repository}`);
}

function parentOf(pom) {
  const parent = /<parent>([\s\S]*?)<\/parent>/.exec(pom)?.[1];
  if (parent === undefined) {
    return undefined;
  }
  const [group, name, version] = ["groupId", "artifactId", "version"].map((key) =>
    tag(parent, key),
  );
  const file = join(repository, ...group.split("."), name, version, `${name}-${version}.pom`);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

function tag(text, name) {
  return new RegExp(`<${name}>\\s*([\\s\\S]*?)\\s*</${name}>`).exec(text)?.[1] ?? "";
}
