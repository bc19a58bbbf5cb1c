#!/usr/bin/env bash
# Starts Kafka and Cassandra on this machine, one node or three of each, and prints the settings that point Kaiseki to them.
# usage: eval "$(npm run -s servers:up)"     or: npm run servers:up -- 3
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
kafka=$("$here/kafka-up.sh" "${1:-1}")
cassandra=$("$here/cassandra-up.sh" "${1:-1}")
echo "export KAFKA_BROKERS=$kafka CASSANDRA_CONTACT_POINTS=$cassandra"
