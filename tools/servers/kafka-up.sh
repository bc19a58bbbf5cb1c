#!/usr/bin/env bash
# Starts Apache Kafka (KRaft), one node or three, on 127.0.0.1 to 127.0.0.3; prints the bootstrap servers.
# Running it again is a no-op; a node that was killed is started again on its data.
# usage: kafka-up.sh [1|3]     settings: common.sh, and KAFKA_HEAP, KAFKA_JVM, KAFKA_SESSION_TIMEOUT_MS
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
nodes=${1:-1}
check_nodes "$nodes"
java=$(find_java17)
jars="$DATA_CACHE/kafka-$KAFKA_VERSION"
resolve_jars "kafka-$KAFKA_VERSION" "$jars" \
  "$(dependency org.apache.kafka kafka_2.13 "$KAFKA_VERSION")$(dependency org.apache.logging.log4j log4j-slf4j-impl 2.25.4)"

base="$RUN_DIR/kafka-$nodes-$KAFKA_PORT"
mkdir -p "$base"
say_starting "$base"
controller_port=$((KAFKA_PORT + 1))
min_insync_replicas=$((nodes == 3 ? 2 : 1))
voters=""
bootstrap=""
for node in $(seq "$nodes"); do
  voters+="${voters:+,}$node@127.0.0.$node:$controller_port"
  bootstrap+="${bootstrap:+,}127.0.0.$node:$KAFKA_PORT"
done

cat >"$base/log4j2.properties" <<'LOG4J'
status=error
rootLogger.level=INFO
rootLogger.appenderRef.console.ref=Console
appender.console.type=Console
appender.console.name=Console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=[%d] %p %m (%c)%n
LOG4J

write_properties() { # write_properties NODE HOST FOLDER
  cat >"$3/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=$1
controller.quorum.voters=$voters
listeners=PLAINTEXT://$2:$KAFKA_PORT,CONTROLLER://$2:$controller_port
advertised.listeners=PLAINTEXT://$2:$KAFKA_PORT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=$3/data
num.partitions=12
default.replication.factor=$nodes
min.insync.replicas=$min_insync_replicas
auto.create.topics.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor=$nodes
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=$nodes
transaction.state.log.min.isr=$min_insync_replicas
share.coordinator.state.topic.num.partitions=4
share.coordinator.state.topic.replication.factor=$nodes
share.coordinator.state.topic.min.isr=$min_insync_replicas
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=${KAFKA_SESSION_TIMEOUT_MS:-6000}
broker.heartbeat.interval.ms=1000
log.segment.bytes=67108864
num.network.threads=2
num.io.threads=4
PROPERTIES
}

format_storage() { # format_storage FOLDER
  [ -f "$1/data/meta.properties" ] && return
  "$java" -Xmx128m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$jars/*" kafka.tools.StorageTool format \
    -t MkU3OEVBNTcwNTJENDM2Qk -c "$1/server.properties" >"$1/format.log" 2>&1 ||
    { cat "$1/format.log" >&2 && die "could not format the storage in $1"; }
}

for node in $(seq "$nodes"); do
  folder="$base/n$node" host="127.0.0.$node"
  mkdir -p "$folder"
  alive "$folder/pid" kafka.Kafka && continue
  port_open "$host" "$KAFKA_PORT" && die "$host:$KAFKA_PORT is in use by another process"
  write_properties "$node" "$host" "$folder"
  format_storage "$folder"
  echo "starting Kafka on $host:$KAFKA_PORT ..." >&2
  # shellcheck disable=SC2086 -- KAFKA_JVM is a list of options
  start_server "$folder" "$java" -Xms128m -Xmx"${KAFKA_HEAP:-512m}" -XX:+ExitOnOutOfMemoryError -Djava.awt.headless=true ${KAFKA_JVM:-} \
    -Dlog4j2.configurationFile="$base/log4j2.properties" -cp "$jars/*" kafka.Kafka "$folder/server.properties"
done
for node in $(seq "$nodes"); do
  wait_ready "$base/n$node" "127.0.0.$node" "$KAFKA_PORT" 'Kafka Server started' kafka.Kafka
done
echo "$bootstrap"
