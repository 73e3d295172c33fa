#!/usr/bin/env bash
# The whole addon under sanitizers, in Node.js with a Java machine: undefined behaviour in every test
# but the long ones of exit.test.mjs, addresses in a program of each kind. Takes no arguments.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p target
CFLAGS="-g -fsanitize=undefined -fno-sanitize-recover=all" ADDON=target/ubsan.node scripts/build.sh
CFLAGS="-g -fsanitize=address" ADDON=target/asan.node scripts/build.sh

RUNAR_ADDON=$PWD/target/ubsan.node node --test \
  test/{bridge,life,misuse,boot,workers}.test.mjs

# Java's and V8's own handlers of SIGSEGV stay in place. What the two machines keep is no leak.
export ASAN_OPTIONS=handle_segv=0:allow_user_segv_handler=1:use_sigaltstack=0:detect_leaks=0
export RUNAR_ADDON=$PWD/target/asan.node
preload=$(gcc -print-file-name=libasan.so)
passed=0
under_asan() {
  local expected=$1 program=$2 code=0
  shift 2
  LD_PRELOAD=$preload node "test/programs/$program.mjs" "$@" >target/asan.txt 2>&1 || code=$?
  if [ "$code" != "$expected" ] || grep -q AddressSanitizer target/asan.txt; then
    echo "$program $* ended with $code, expected $expected:" >&2
    cat target/asan.txt >&2
    exit 1
  fi
  passed=$((passed + 1))
}
under_asan 0 shape
under_asan 0 answers
under_asan 0 misuse
under_asan 0 throwing
under_asan 0 pump-dies
under_asan 0 flood 4 5000 16 4096
under_asan 0 flood 4 5000 16 4096 gc
under_asan 2 exits natural flood target/hook
under_asan 3 exits exit flood target/hook
under_asan 5 exits java gc target/hook
under_asan 0 workers graceful,exit,terminate 3
under_asan 0 only-in-worker
under_asan 0 boots "no library"
under_asan 0 boots "unknown option"
under_asan 0 boots "bad heap"
under_asan 0 boots "twice, otherwise"
echo "asan: $passed passed, 0 failed"
