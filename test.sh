#!/usr/bin/env bash
# Installs what the tests need, builds, and runs every test. The last line is a summary.
# Usage: ./test.sh [--long] [--interop DIR]
#   --long               tries more seeds and kills more processes, which takes longer (sets KCL_TEST_LONG=1 for the tests)
#   --interop DIR        also runs fleets with the published Java workers in DIR (its multilang.sh), and fails without them
#   CI=true ./test.sh    fails, instead of skipping tests, if something that they need is not available
#   KCL_TEST_SEED=N      repeats the random history whose seed a failure printed
set -euo pipefail

while (($#)); do
  case $1 in
    --long) export KCL_TEST_LONG=1 ;;
    --interop)
      if [[ ! -f ${2:-}/multilang.sh ]]; then
        echo "test.sh: --interop DIR: '${2:-}' is not the folder of the Java workers, because it has no multilang.sh." >&2
        exit 2
      fi
      KCL_INTEROP_JAVA=$(readlink -f -- "$2")
      export KCL_INTEROP_JAVA
      shift
      ;;
    *)
      echo "test.sh: unknown option '$1'. Usage: ./test.sh [--long] [--interop DIR]" >&2
      exit 2
      ;;
  esac
  shift
done
cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"

missing=()
{ command -v dotnet && dotnet --version; } >/dev/null 2>&1 || missing+=("the .NET SDK 10.0.401 or a later 10.0 (https://dot.net)")
{ command -v node && command -v npm; } >/dev/null 2>&1 || missing+=("Node.js 20 with npm (https://nodejs.org)")
command -v python3 >/dev/null 2>&1 || missing+=("Python 3 (https://python.org)")
if ((${#missing[@]})); then
  printf -v list '%s; ' "${missing[@]}"
  echo "test.sh: missing: ${list%; }" >&2
  exit 1
fi

unavailable() {
  echo "test.sh: $1" >&2
  if [[ ${CI:-} == true ]]; then exit 1; fi
}

# Third-party servers and clients, in the versions of tests/tools/package-lock.json. They are kept between runs.
tools=$PWD/artifacts/test-tools
if ! cmp -s tests/tools/package-lock.json "$tools/installed-lock.json"; then
  echo "Installing test servers and clients from npm …"
  mkdir -p "$tools"
  cp tests/tools/package.json tests/tools/package-lock.json "$tools/"
  if (cd "$tools" && npm ci --no-audit --no-fund --loglevel=error); then
    cp tests/tools/package-lock.json "$tools/installed-lock.json"
  else
    unavailable "npm could not install kinesis-local, kinesalite and @aws-sdk/client-kinesis: tests against them are skipped."
  fi
fi

# Amazon's DynamoDB Local, and a JRE for it if none is installed.
tests/scripts/dynamodb-local.sh >/dev/null || unavailable "DynamoDB Local is not available: tests against it are skipped."

# boto3. If Python does not find it, it is installed into a virtual environment.
python=python3
if ! python3 -c 'import boto3' 2>/dev/null; then
  python=$tools/python/bin/python3
  if ! "$python" -c 'import boto3' 2>/dev/null; then
    echo "Installing boto3 …"
    { python3 -m venv "$tools/python" && "$python" -m pip install --quiet --disable-pip-version-check boto3==1.43.11; } ||
      # Not every registry has it. These tests may be skipped even in CI, because similar tests use the SDK for JavaScript.
      echo "test.sh: pip could not install boto3: tests with it are skipped." >&2
  fi
fi

export KCL_TEST_PYTHON=$python

echo "Building …"
dotnet build Kcl.slnx -nologo -tl:off --verbosity quiet

passed=0 failed=0 skipped=0
# Reads a number from the summary at the end of a project's log; 0 if the process crashed before it wrote one.
count() {
  local number
  number=$(sed -n "s/^  $1: \([0-9][0-9]*\)$/\1/p" "$log" | tail -n 1)
  echo "${number:-0}"
}
for project in tests/*/*.Tests.csproj; do
  name=$(basename "$project" .csproj)
  echo "== $name"
  log=artifacts/test-logs/$name.log
  mkdir -p artifacts/test-logs
  # One project at a time, so that tests that measure time run alone on the machine.
  dotnet test --project "$project" --no-build --no-ansi --no-progress 2>&1 | tee "$log" && crashed=0 || crashed=1
  failures=$(count failed)
  # A project that fails without a failed test (because it crashed or found no tests) counts as one failure.
  if ((crashed && failures == 0)); then failures=1; fi
  passed=$((passed + $(count succeeded)))
  failed=$((failed + failures))
  skipped=$((skipped + $(count skipped)))
done

echo
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
