#!/usr/bin/env bash
# Links the Java that the package @runar/jre-… of this machine carries into native/target/jre. Needs a
# JDK 25 or newer that can link, as Temurin's can; takes no arguments.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck disable=SC1091
. scripts/jdk.sh
jdk=$(find_jdk)
jre=target/jre

# What the image of a checkout has. The compiler of GraalJS comes with the package that needs it, and
# is put over the JDK's empty one.
modules=$(sed -n '/List<String> MODULES/,/);/p' ../runtime/src/build/Image.java |
  grep -o '"[a-z.]*"' | tr -d '"' | paste -sd,)
stamp="$jdk $(cksum <"$jdk/release") $modules"
if [ "$(cat target/jre.inputs 2>/dev/null)" = "$stamp" ]; then exit; fi
rm -rf "$jre" target/jre.inputs
mkdir -p target
"$jdk/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages \
  --output "$jre"
# So that it says which machines it is for, as the JDK does.
grep -E '^(IMPLEMENTOR|OS_NAME|OS_ARCH|LIBC)=' "$jdk/release" >>"$jre/release"
printf '%s\n' "$stamp" >target/jre.inputs
