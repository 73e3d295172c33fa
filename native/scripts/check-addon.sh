# shellcheck shell=bash
# Sourced: what a loader on Linux may see of an addon, and of other libraries.

# Fails unless the addon in file $1 exports the two symbols of Node-API and nothing else, and asks for
# no version of glibc beyond 2.17.
check_addon() {
  local file=$1 exported
  exported=$(objdump -T "$file" | awk '/ g /{print $NF}' | sort | tr '\n' ' ')
  if [ "$exported" != "napi_register_module_v1 node_api_module_get_api_version_v1 " ]; then
    echo "$file exports: $exported" >&2
    return 1
  fi
  check_glibc "$file" 2.17
}

# Fails if the library in file $1 asks for a version of glibc beyond $2.
check_glibc() {
  local file=$1 said=GLIBC_$2 newest
  newest=$(objdump -T "$file" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -1)
  if [ -n "$newest" ] && [ "$(printf '%s\n' "$newest" "$said" | sort -V | tail -1)" != "$said" ]; then
    echo "$file needs $newest, and we say $said" >&2
    return 1
  fi
}
