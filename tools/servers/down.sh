#!/usr/bin/env bash
# Stops what up.sh started with the same number of nodes.
# usage: npm run servers:down     or: npm run servers:down -- 3 --wipe     (--wipe removes the data, too)
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
"$here/kafka-down.sh" "${1:-1}" "${2:-}"
"$here/cassandra-down.sh" "${1:-1}" "${2:-}"
