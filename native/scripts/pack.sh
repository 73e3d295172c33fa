#!/usr/bin/env bash
# Packs every package of npm that can be packed here into native/target/npm: runar-ts, the jars with
# and without what runs scripts, a Java for this machine, and an addon for this machine and for each
# target that scripts/cross.sh has compiled. What is packed, and how large it is, is printed.
#
# Needs what `mvn package` builds, a JDK 25 or newer, and on Linux gcc. Where ZIG is set, no addon is
# compiled here: cross.sh has. With the word `jre` only the Java for this machine is packed, beside
# what was packed elsewhere.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck disable=SC1091
. scripts/jdk.sh
# shellcheck disable=SC1091
. scripts/check-addon.sh
jdk=$(find_jdk)
built=../runtime/target
headers=node_modules/node-api-headers/include

# Node.js names platforms and processors as the packages do.
target=$(node -p 'process.platform + "-" + process.arch')
host=$target
if [ "${target%%-*}" = linux ]; then
  if grep -q /ld-musl- /proc/self/maps; then
    target=$target-musl
    host=$target
  else
    target=$target-gnu
  fi
fi

if [ "${1:-}" = jre ]; then
  scripts/jre.sh
  node scripts/pack.mjs "$host" jre
  exit
fi
if [ ! -d "$headers" ]; then npm ci --no-audit --no-fund --ignore-scripts; fi
if [ ! -r "$built/runar.jar" ]; then
  echo "runtime/target/runar.jar is not there: run mvn package first" >&2
  exit 1
fi

compile() {
  local file=target/$target/runar_native.node floor=()
  if [ "$target" = "${host}-gnu" ]; then
    # Where glibc is older than 2.34 those two are not part of it.
    floor=(-include scripts/glibc-2.17.h "-Wl,--no-as-needed" -l:libdl.so.2 -l:libpthread.so.0)
  fi
  mkdir -p "target/$target"
  "${CC:-gcc}" -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -fPIC -fvisibility=hidden -pthread \
    "${floor[@]}" -I c/jni_md -I "$jdk/include" -I "$headers" c/*.c -shared "-Wl,-s" -o "$file"
}
if [ "${target%%-*}" = linux ] && [ -z "${ZIG:-}" ]; then compile; fi
for file in target/linux-*-gnu/runar_native.node; do
  if [ -f "$file" ]; then check_addon "$file"; fi
done

scripts/jre.sh
(cd ../js-sdk && npm run --silent build)
rm -rf target/manifest
mkdir -p target/manifest
(cd target/manifest && "$jdk/bin/jar" --extract --file "../../$built/runar.jar" META-INF/MANIFEST.MF)
# docs/packages.md says from which glibc on @runar/graaljs runs.
rm -rf target/swc4j
mkdir -p target/swc4j
for jar in "$built"/lib/swc4j-linux-*.jar; do
  (cd target/swc4j && "$jdk/bin/jar" --extract --file "../../$jar")
done
for file in target/swc4j/*.so; do check_glibc "$file" 2.29; done
node scripts/pack.mjs "$host"
