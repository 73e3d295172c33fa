#!/usr/bin/env bash
# Compiles the addon for every target into native/target/<target>/runar_native.node, and checks what
# each exports and, for Linux with glibc, which version of it is asked for. ZIG is the path of zig
# 0.11 or newer; without it, `zig` on the PATH. Takes the names of targets, or none for all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck disable=SC1091
. scripts/jdk.sh
# shellcheck disable=SC1091
. scripts/check-addon.sh
jdk=$(find_jdk)
headers=node_modules/node-api-headers/include
if [ ! -d "$headers" ]; then npm ci --no-audit --no-fund --ignore-scripts; fi
zig=${ZIG:-zig}

declare -A triples=(
  [linux-x64-gnu]=x86_64-linux-gnu.2.17
  [linux-arm64-gnu]=aarch64-linux-gnu.2.17
  [linux-x64-musl]=x86_64-linux-musl
  [linux-arm64-musl]=aarch64-linux-musl
  [darwin-x64]=x86_64-macos.11.0
  [darwin-arm64]=aarch64-macos.11.0
  [win32-x64]=x86_64-windows-gnu
  [win32-arm64]=aarch64-windows-gnu
)

compile() {
  local target=$1 out=target/$1 flags=()
  mkdir -p "$out"
  case $target in
    linux-*) flags=(-fPIC -pthread -ldl "-Wl,-s") ;;
    darwin-*) flags=(-fPIC) ;;
    win32-*) flags=("-Wl,-s") ;;
  esac
  "$zig" cc -target "${triples[$target]}" -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror \
    -fvisibility=hidden -I c/jni_md -I "$jdk/include" -I "$headers" c/*.c -shared "${flags[@]}" \
    -o "$out/runar_native.node"
  rm -f "$out"/*.pdb "$out"/*.lib
}

if [ $# -eq 0 ]; then set -- "${!triples[@]}"; fi
for target in "$@"; do
  compile "$target"
  case $target in linux-*-gnu) check_addon "target/$target/runar_native.node" ;; esac
  printf '%-18s %s bytes\n' "$target" "$(stat -c %s "target/$target/runar_native.node")"
done
