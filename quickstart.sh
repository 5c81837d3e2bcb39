#!/usr/bin/env bash
# Counts the words of a stream with child processes of the daemon. Needs no account; uses a temporary folder, which is deleted at the end.
set -euo pipefail
cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"

missing=()
{ command -v dotnet && dotnet --version; } >/dev/null 2>&1 || missing+=("the .NET SDK 10.0.401 or a later 10.0 (https://dot.net)")
command -v python3 >/dev/null 2>&1 || missing+=("Python 3 (https://python.org), which runs the sample processor")
if ((${#missing[@]})); then
  printf -v list '%s; ' "${missing[@]}"
  echo "quickstart.sh: missing: ${list%; }" >&2
  exit 1
fi

exec ./kcl quickstart "$@"
