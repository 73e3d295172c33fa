#!/usr/bin/env bash
# Builds the addon for this machine, and its Java half out of the runtime with a sink for tests,
# below native/target.
# Takes no arguments. CC: another compiler. CFLAGS: more flags. ADDON: where the addon goes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck disable=SC1091
. scripts/jdk.sh
jdk=$(find_jdk)
headers=node_modules/node-api-headers/include
if [ ! -d "$headers" ]; then npm ci --no-audit --no-fund --ignore-scripts; fi

mkdir -p target/classes target/test-classes
read -ra more <<<"${CFLAGS:-}"
"${CC:-gcc}" -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -fPIC -fvisibility=hidden -pthread \
  "${more[@]}" -I c/jni_md -I "$jdk/include" -I "$headers" c/*.c -shared -ldl \
  -o "${ADDON:-target/runar_native.node}"

repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}
jspecify=$repository/org/jspecify/jspecify/1.0.0/jspecify-1.0.0.jar
if [ ! -r "$jspecify" ]; then mvn -q -B dependency:get -Dartifact=org.jspecify:jspecify:1.0.0; fi
find ../runtime/src/main/java/dev/runar/internal/host -name '*.java' >target/main.txt
find src/test/java -name '*.java' >target/test.txt
"$jdk/bin/javac" --release 25 -Xlint:all -Werror -cp "$jspecify" -d target/classes @target/main.txt
"$jdk/bin/javac" --release 25 -Xlint:all -Werror -cp "target/classes:$jspecify" \
  -d target/test-classes @target/test.txt
