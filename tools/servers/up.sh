#!/usr/bin/env bash
# Starts Kafka and Cassandra on this machine, one node or three of each, and prints the settings that point Kaiseki to them.
# usage: eval "$(npm run -s servers:up)"     or: npm run servers:up -- 3
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
nodes=${1:-1}
kafka=$("$here/kafka-up.sh" "$nodes")
cassandra=$("$here/cassandra-up.sh" "$nodes")
echo "export KAFKA_BROKERS=$kafka KAFKA_REPLICATION_FACTOR=$nodes"
echo "export CASSANDRA_CONTACT_POINTS=$cassandra CASSANDRA_REPLICATION_FACTOR=$nodes"
