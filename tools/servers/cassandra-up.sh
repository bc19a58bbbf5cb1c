#!/usr/bin/env bash
# Starts Apache Cassandra, one node or three, on 127.0.0.1 to 127.0.0.3; prints the contact points. Data centre: datacenter1.
# Running it again is a no-op; a node that was killed is started again on its data.
# usage: cassandra-up.sh [1|3]     settings: common.sh, and CASSANDRA_HEAP, CASSANDRA_JVM, COMMITLOG_SYNC (periodic, group, batch)
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
nodes=${1:-1}
check_nodes "$nodes"
java=$(find_java17)
jars="$DATA_CACHE/cassandra-$CASSANDRA_VERSION"
resolve_jars "cassandra-$CASSANDRA_VERSION" "$jars" "$(dependency org.apache.cassandra cassandra-all "$CASSANDRA_VERSION")"

base="$RUN_DIR/cassandra-$nodes-$CASSANDRA_PORT"
mkdir -p "$base"
say_starting "$base"
storage_port=$((CASSANDRA_PORT + 2000))
jmx_port=$((CASSANDRA_PORT + 3000))
if [ "$nodes" = 3 ]; then
  heap=${CASSANDRA_HEAP:-1g} memtable=48MiB
  # Gossip that settles in a second instead of half a minute: all nodes are on this machine.
  gossip=(-Dcassandra.gossip_settle_min_wait_ms=500 -Dcassandra.gossip_settle_interval_ms=250
    -Dcassandra.gossip_settle_poll_success_required=2 -Dcassandra.ring_delay_ms=1000 -Dcassandra.consistent.rangemovement=false)
else
  heap=${CASSANDRA_HEAP:-1g} memtable=96MiB
  gossip=(-Dcassandra.skip_wait_for_gossip_to_settle=0 -Dcassandra.ring_delay_ms=0)
fi
case "${COMMITLOG_SYNC:-periodic}" in
  periodic) commitlog_sync=$'commitlog_sync: periodic\ncommitlog_sync_period: 10s' ;;
  group) commitlog_sync=$'commitlog_sync: group\ncommitlog_sync_group_window: 5ms' ;;
  batch) commitlog_sync='commitlog_sync: batch' ;;
  *) die "COMMITLOG_SYNC is periodic, group or batch" ;;
esac

# The module openings of Cassandra's own jvm17-server.options.
{
  echo "-Djdk.attach.allowAttachSelf=true"
  echo "-Dio.netty.tryReflectionSetAccessible=true"
  for package in java.base/jdk.internal.misc java.base/java.lang.ref java.management.rmi/com.sun.jmx.remote.internal.rmi \
    java.rmi/sun.rmi.registry java.rmi/sun.rmi.server java.sql/java.sql jdk.unsupported/sun.misc \
    jdk.compiler/com.sun.tools.javac.file jdk.attach/sun.tools.attach; do
    echo "--add-exports=$package=ALL-UNNAMED"
  done
  for package in java.base/java.io java.base/java.lang java.base/java.lang.module java.base/java.lang.reflect java.base/java.nio \
    java.base/java.util java.base/sun.nio.ch java.base/jdk.internal.loader java.base/jdk.internal.math \
    java.base/jdk.internal.module java.base/jdk.internal.ref java.base/jdk.internal.reflect java.base/jdk.internal.util.jar \
    jdk.compiler/com.sun.tools.javac jdk.management/com.sun.management.internal; do
    echo "--add-opens=$package=ALL-UNNAMED"
  done
} >"$base/jvm.options"

cat >"$base/logback.xml" <<'LOGBACK'
<configuration>
  <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d %-5level [%thread] %logger{20} - %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="console"/></root>
</configuration>
LOGBACK

write_yaml() { # write_yaml HOST FOLDER
  cat >"$2/cassandra.yaml" <<YAML
cluster_name: local
num_tokens: 8
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
endpoint_snitch: SimpleSnitch
seed_provider: [ { class_name: org.apache.cassandra.locator.SimpleSeedProvider, parameters: [ { seeds: "127.0.0.1:$storage_port" } ] } ]
listen_address: $1
rpc_address: $1
storage_port: $storage_port
ssl_storage_port: $((storage_port + 1))
native_transport_port: $CASSANDRA_PORT
start_native_transport: true
data_file_directories: [ "$2/data" ]
commitlog_directory: "$2/commitlog"
saved_caches_directory: "$2/saved_caches"
hints_directory: "$2/hints"
cdc_raw_directory: "$2/cdc_raw"
$commitlog_sync
commitlog_segment_size: 16MiB
commitlog_total_space: 512MiB
memtable_heap_space: $memtable
memtable_offheap_space: $memtable
memtable_allocation_type: offheap_objects
memtable: { configurations: { trie: { class_name: TrieMemtable }, default: { inherits: trie } } }
sstable: { selected_format: bti }
storage_compatibility_mode: NONE
file_cache_size: 32MiB
key_cache_size: 16MiB
counter_cache_size: 16MiB
concurrent_reads: 16
concurrent_writes: 32
concurrent_counter_writes: 16
concurrent_compactors: 1
auto_bootstrap: false
auto_snapshot: false
disk_failure_policy: stop
commit_failure_policy: stop
YAML
}

contact_points=""
for node in $(seq "$nodes"); do
  folder="$base/n$node" host="127.0.0.$node"
  mkdir -p "$folder"
  contact_points+="${contact_points:+,}$host:$CASSANDRA_PORT"
  alive "$folder/pid" CassandraDaemon && continue
  port_open "$host" "$CASSANDRA_PORT" && die "$host:$CASSANDRA_PORT is in use by another process"
  write_yaml "$host" "$folder"
  echo "starting Cassandra on $host:$CASSANDRA_PORT ..." >&2
  # shellcheck disable=SC2086 -- CASSANDRA_JVM is a list of options
  start_server "$folder" "$java" -Xms256m -Xmx"$heap" -XX:+ExitOnOutOfMemoryError "@$base/jvm.options" "${gossip[@]}" \
    -Dcassandra.superuser_setup_delay_ms=0 ${CASSANDRA_JVM:-} -Dcassandra-foreground=yes \
    -Dcassandra.config="file://$folder/cassandra.yaml" -Dcassandra.storagedir="$folder" \
    -Dcassandra.jmx.local.port=$((jmx_port + node)) -Dlogback.configurationFile="file://$base/logback.xml" \
    -cp "$jars/*" org.apache.cassandra.service.CassandraDaemon
  # One after the other: nodes that join at the same time choose clashing tokens and disagree about the schema.
  wait_ready "$folder" "$host" "$CASSANDRA_PORT" 'Startup complete' CassandraDaemon
done
echo "$contact_points"
