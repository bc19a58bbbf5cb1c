#!/usr/bin/env bash
# Stops what kafka-up.sh started with the same number of nodes and the same settings.
# usage: kafka-down.sh [1|3] [--wipe]     --wipe removes the data, too
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
nodes=${1:-1}
check_nodes "$nodes"
stop_servers "$RUN_DIR/kafka-$nodes-$KAFKA_PORT" kafka.Kafka "${2:-}"
