#!/bin/sh
# Builds a project in shares on this machine or, with --sshlogin, on several that see the same files:
# parallel.sh SHARES [OPTIONS OF PARALLEL]...
set -eu
shares=$1
shift
mkdir -p build/summaries
# A share in which reports fail ends with status 1; the summary says so for all of them at the end.
seq "$shares" | parallel "$@" --halt never \
  nianbao build --jobs 1 --shard "{}/$shares" --summary "build/summaries/{}.json" || true
nianbao merge-summary build/summaries/*.json --out build/summary.json
