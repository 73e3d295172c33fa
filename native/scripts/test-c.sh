#!/usr/bin/env bash
# The tests of the C code without a runtime around it: plain, under the sanitizers, under valgrind
# where it is installed. Takes no arguments.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
headers=node_modules/node-api-headers/include
if [ ! -d "$headers" ]; then npm ci --no-audit --no-fund --ignore-scripts; fi
mkdir -p target/c

tests=(queue links links_threads library napi_fn)
declare -A sources=(
  [queue]=c/queue.c
  [links]="c/queue.c c/links.c"
  [links_threads]="c/queue.c c/links.c"
  [library]=c/library.c
  [napi_fn]=c/napi_fn.c
)
build_and_run() {
  local kind=$1 test files
  shift
  for test in "${tests[@]}"; do
    read -ra files <<<"${sources[$test]}"
    "${CC:-gcc}" -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -g -pthread "$@" -I "$headers" \
      "${files[@]}" "c/test/${test}_test.c" -o "target/c/${test}_test-$kind"
    printf '%s ' "$kind"
    "target/c/${test}_test-$kind"
  done
}

build_and_run plain -O2
build_and_run asan -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
build_and_run tsan -O1 -fsanitize=thread
if command -v valgrind >/dev/null; then
  for test in "${tests[@]}"; do
    printf 'valgrind '
    valgrind -q --error-exitcode=1 --leak-check=full "target/c/${test}_test-plain"
  done
else
  echo "valgrind is not installed: its run is left out"
fi

if command -v clang-format >/dev/null; then
  clang-format --dry-run -Werror c/*.[ch] c/test/*.[ch] c/jni_md/*.h
else
  echo "clang-format is not installed: the format is not checked"
fi
