#!/usr/bin/env bash
# Whether the program and its tests are compiled with the same features of the crates that they share: if not, each would compile
# Typst for itself. Says which crates differ.
set -euo pipefail
cd "$(dirname "$0")/.."

crates() { cargo tree --locked --prefix none -f '{p} {f}' -e "$@" | sed 's/ (\*)$//' | sort -u; }

program=$(crates normal,build --package nianbao)
tests=$(crates normal,build,dev --workspace)
differing=$(comm -23 <(printf '%s\n' "$program") <(printf '%s\n' "$tests"))
if [ -n "$differing" ]; then
  printf 'the tests want other features of these; name them in [dependencies] of Cargo.toml:\n%s\n' "$differing" >&2
  exit 1
fi
