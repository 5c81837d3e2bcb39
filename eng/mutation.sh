#!/usr/bin/env bash
# Checks the unit tests of the pure deciders: changes one operator, condition or value at a time, runs the tests, and lists the changes for
# which no test failed. Takes one to two hours on two cores, and is not part of ./test.sh.
# Usage: eng/mutation.sh [FILE …]      FILE is a path relative to src/Kcl; the default is all files of eng/deciders.txt
set -euo pipefail
cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."

files=("$@")
if ((${#files[@]} == 0)); then
  mapfile -t files < <(grep -v '^#' eng/deciders.txt)
fi

mutate=()
for file in "${files[@]}"; do
  if [[ ! -f src/Kcl/$file ]]; then
    echo "mutation.sh: there is no src/Kcl/$file. Specify a path relative to src/Kcl, or correct eng/deciders.txt." >&2
    exit 2
  fi
  mutate+=(--mutate "**/$file")
done

dotnet tool restore >/dev/null
output=$PWD/artifacts/mutation
rm -rf "$output"
(cd tests/Kcl.Unit.Tests && dotnet stryker --test-runner mtp --project Kcl.csproj "${mutate[@]}" --reporter Json --reporter Progress \
  --skip-version-check --output "$output")

python3 - "$output/reports/mutation-report.json" <<'PYTHON'
import collections, json, os, sys

report = json.load(open(sys.argv[1]))
detected = missed = 0
for path, file in sorted(report["files"].items()):
    states = collections.Counter(mutant["status"] for mutant in file["mutants"])
    killed, survived = states["Killed"] + states["Timeout"], states["Survived"] + states["NoCoverage"]
    if killed + survived == 0:
        continue
    detected, missed = detected + killed, missed + survived
    print(f"{os.path.relpath(path, 'src/Kcl')}: {killed} of {killed + survived} detected")
    lines = file["source"].split("\n")
    for mutant in file["mutants"]:
        if mutant["status"] in ("Survived", "NoCoverage"):
            line = mutant["location"]["start"]["line"]
            replacement = " ".join((mutant.get("replacement") or "").split())
            print(f"  line {line}: {lines[line - 1].strip()[:120]}  ->  {replacement[:120]}")
print(f"{detected} of {detected + missed} changes detected ({100 * detected / max(1, detected + missed):.1f} %)")
PYTHON
