# shellcheck shell=bash
# Sourced: prints the folder of a JDK 25 or newer, from RUNAR_JAVA_HOME, JAVA_HOME or where Debian
# keeps them.
find_jdk() {
  local home
  for home in "${RUNAR_JAVA_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    if [ -x "$home/bin/javac" ] && [ -r "$home/release" ] &&
      grep -Eq '^JAVA_VERSION="(2[5-9]|[3-9][0-9])' "$home/release"; then
      printf '%s\n' "$home"
      return 0
    fi
  done
  echo "no JDK 25 or newer: set RUNAR_JAVA_HOME to the folder of one" >&2
  return 1
}
