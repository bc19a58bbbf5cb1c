#!/usr/bin/env bash
# Stops what cassandra-up.sh started with the same number of nodes and the same settings.
# usage: cassandra-down.sh [1|3] [--wipe]     --wipe removes the data, too
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
nodes=${1:-1}
check_nodes "$nodes"
stop_servers "$RUN_DIR/cassandra-$nodes-$CASSANDRA_PORT" CassandraDaemon "${2:-}"
