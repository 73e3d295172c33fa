// Gives a package the licences of the jars in it: their lines of the list that the node's build makes
// (runtime/src/build/Licences.java), and the texts that those name.
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const LIST = "LIBRARIES.txt";
/** The folders of a package that jars are in. */
const OF_JARS = ["compiler", "lib"];

/**
 * Lays out `licences` in the folder of a package, out of the one of the build; answers the licence of
 * the package (SPDX), which is `own` and every one of the jars.
 */
export function layOutLicences(built, folder, own) {
  const [head, ...entries] = entriesOf(readFileSync(join(built, LIST), "utf8"));
  const jars = jarsOf(folder);
  const found = entries.filter(({ jar }) => jars.delete(jar));
  if (jars.size > 0) {
    throw new Error(`${join(built, LIST)} lacks ${[...jars].join(", ")}: run mvn package`);
  }
  for (const text of found.flatMap(({ texts }) => texts)) {
    cpSync(join(built, text), join(folder, "licences", text));
  }
  const lines = [head, ...found.map(({ line }) => line)];
  writeFileSync(join(folder, "licences", LIST), lines.join(""));
  return expression([...own, ...found.flatMap(({ licences }) => licences)]);
}

/** What stands above the libraries, and then each: a line about it, and one with the names of texts. */
function entriesOf(list) {
  const end = list.indexOf("\n\n") + 2;
  const entries = list.slice(end).matchAll(/^(\S+) +(\S+) +(.+)\n {4}(.+)\n/gm);
  return [
    list.slice(0, end),
    ...Array.from(entries, ([line, name, version, licence, texts]) => ({
      line,
      jar: `${name}-${version}`,
      licences: licence.split(" AND "),
      texts: texts.split(" "),
    })),
  ];
}

/** Their names and versions; what is for one machine only has more behind that. */
function jarsOf(folder) {
  const names = OF_JARS.map((part) => join(folder, part))
    .filter(existsSync)
    .flatMap((part) => readdirSync(part));
  return new Set(names.map((name) => /^.+?-\d[^-]*(-RC\d+)?/.exec(name.replace(/\.jar$/, ""))[0]));
}

function expression(licences) {
  const each = licences.map((licence) => (licence.includes(" OR ") ? `(${licence})` : licence));
  return [...new Set(each)].join(" AND ");
}
