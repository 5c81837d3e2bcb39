#!/usr/bin/env bash
# Rewrites src/*/PublicAPI.Unshipped.txt from the sources. Run it after a change of the public surface, and review the differences.
set -euo pipefail
cd "$(dirname "$0")/.."

output=$(mktemp)
trap 'rm -f "$output"' EXIT

# Without entries, the analyzer reports every public symbol that is not in the Shipped file, in the form of an entry.
for file in src/*/PublicAPI.Unshipped.txt; do
  cp "$file" "$file.orig"
  printf '#nullable enable\n' > "$file"
done

restore() {
  for file in src/*/PublicAPI.Unshipped.txt; do
    mv "$file.orig" "$file"
  done
}

# Each project is compiled once: by its own build, or by the build of a project that references it.
for project in src/*/*.csproj; do
  if ! dotnet build "$project" -nologo -tl:off -verbosity:quiet -p:TreatWarningsAsErrors=false >> "$output" 2>&1; then
    grep -E ': error ' "$output" | sort -u >&2
    restore
    exit 1
  fi
done

for file in src/*/PublicAPI.Unshipped.txt; do
  project=$(basename "$(dirname "$file")")
  sed -n "s/^.*\/src\/$project\/.*: warning RS0016: Symbol '\(.*\)' is not part of the declared public API .*$/\1/p" "$output" \
    | LC_ALL=C sort -u >> "$file"
  rm "$file.orig"
  echo "$file: $(($(wc -l < "$file") - 1)) entries"
done
