# Sourced by the other scripts of this folder: settings and functions, no side effects.
# Settings, all from the environment, all optional:
#   DATA_CACHE      where the servers' jars are kept once resolved
#   RUN_DIR         where running servers keep their data, logs and process ids
#   MAVEN_REPO      Maven's local repository
#   JAVA17_HOME     a Java 17, where it is not found by itself
#   READY_TIMEOUT   seconds until a server that does not answer is given up
set -euo pipefail
DATA_CACHE="${DATA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/order-stream-servers}"
RUN_DIR="${RUN_DIR:-$DATA_CACHE/run}"
MAVEN_REPO="${MAVEN_REPO:-$DATA_CACHE/m2}"
READY_TIMEOUT="${READY_TIMEOUT:-180}"

KAFKA_VERSION="${KAFKA_VERSION:-4.3.1}"
KAFKA_PORT="${KAFKA_PORT:-9092}"
CASSANDRA_VERSION="${CASSANDRA_VERSION:-5.0.9}"
CASSANDRA_PORT="${CASSANDRA_PORT:-9042}"

die() {
  echo "error: $*" >&2
  exit 1
}

# check_nodes N: one node or three are what these scripts can start
check_nodes() {
  case "$1" in
    1 | 3) ;;
    *) die "the number of nodes is 1 or 3, not '$1'" ;;
  esac
}

is_java17() {
  [ -x "$1" ] && "$1" -version 2>&1 | grep -q 'version "17'
}

# find_java17: prints the path of a Java 17. Cassandra 5.0 runs on 11 or 17, Kafka 4 on 17 or newer.
find_java17() {
  local candidate
  for candidate in "${JAVA17_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*17* "$(/usr/libexec/java_home -v 17 2>/dev/null || true)" \
    /opt/homebrew/opt/openjdk@17 /usr/local/opt/openjdk@17; do
    if [ -n "$candidate" ] && is_java17 "$candidate/bin/java"; then
      echo "$candidate/bin/java"
      return
    fi
  done
  if is_java17 "$(command -v java || true)"; then
    command -v java
    return
  fi
  die "Java 17 was not found.
  Debian or Ubuntu: apt-get install openjdk-17-jre-headless
  macOS:            brew install openjdk@17
  elsewhere:        set JAVA17_HOME
  or use servers that run already: set KAFKA_BROKERS and CASSANDRA_CONTACT_POINTS"
}

# dependency GROUP ARTIFACT VERSION: one entry of a Maven project
dependency() {
  echo "<dependency><groupId>$1</groupId><artifactId>$2</artifactId><version>$3</version></dependency>"
}

# resolve_jars NAME FOLDER DEPENDENCIES: fills FOLDER with the jars of the dependencies and all that they need, once
resolve_jars() {
  local name=$1 folder=$2 dependencies=$3 work
  [ -f "$folder/.complete" ] && return
  command -v mvn >/dev/null || die "Maven was not found; it fetches the jars of $name once.
  Debian or Ubuntu: apt-get install maven
  macOS:            brew install maven
  or use servers that run already: set KAFKA_BROKERS and CASSANDRA_CONTACT_POINTS"
  echo "fetching $name from Maven Central ..." >&2
  mkdir -p "$DATA_CACHE"
  work=$(mktemp -d "$DATA_CACHE/.resolve-$name-XXXXXX")
  cat >"$work/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>$name</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>$dependencies</dependencies>
</project>
POM
  local goal=org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies
  if ! mvn -q -B -Dmaven.repo.local="$MAVEN_REPO" -f "$work/pom.xml" "$goal" -DincludeScope=runtime \
    -DoutputDirectory="$work/lib" >"$work/mvn.log" 2>&1; then
    tail -20 "$work/mvn.log" >&2
    rm -rf "$work"
    die "could not fetch $name"
  fi
  # Complete before it gets its name: somebody who fetches the same at the same time never sees half of it.
  touch "$work/lib/.complete"
  rm -rf "$folder"
  mv "$work/lib" "$folder"
  rm -rf "$work"
}

# alive PIDFILE WORD: whether that process runs and has the word in its command line (a number may have been used again)
alive() {
  local pid
  [ -f "$1" ] && pid=$(cat "$1") && [ -n "$pid" ] && ps -o command= -p "$pid" 2>/dev/null | grep -q -- "$2"
}

port_open() {
  (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null
}

# start_server FOLDER COMMAND...: runs it in the background, apart from this terminal; FOLDER gets server.log and pid
start_server() {
  local folder=$1
  shift
  : >"$folder/server.log"
  # Its own session, so that a Ctrl-C in the terminal does not reach it.
  local detach=()
  command -v setsid >/dev/null && detach=(setsid)
  "${detach[@]+"${detach[@]}"}" nohup "$@" >"$folder/server.log" 2>&1 </dev/null &
  echo $! >"$folder/pid"
}

# wait_ready FOLDER HOST PORT LOG_LINE MAIN_CLASS: returns when the server has said that it is ready and answers
wait_ready() {
  local folder=$1 host=$2 port=$3 line=$4 class=$5 tries=0
  until grep -q -- "$line" "$folder/server.log" 2>/dev/null && port_open "$host" "$port"; do
    # Not by its command line, as `alive` would: what was just started may not have its own yet.
    if ! kill -0 "$(cat "$folder/pid")" 2>/dev/null; then
      tail -15 "$folder/server.log" >&2
      die "$class ended before it was ready (log: $folder/server.log)"
    fi
    tries=$((tries + 1))
    [ $tries -lt $((READY_TIMEOUT * 5)) ] || die "$class was not ready within $READY_TIMEOUT s (log: $folder/server.log)"
    sleep 0.2
  done
}

# say_starting BASE: lets stop_servers know of this script for as long as it runs
say_starting() {
  echo $$ >"$1/starting"
  # shellcheck disable=SC2064 -- the folder of now
  trap "rm -f '$1/starting'" EXIT
}

# end_start BASE: ends a start that is under way: it would go on with the next node after all were stopped
end_start() {
  alive "$1/starting" -up.sh || return 0
  kill "$(cat "$1/starting")" 2>/dev/null || true
  for _ in $(seq 50); do
    alive "$1/starting" -up.sh || return 0
    sleep 0.1
  done
  die "a start in $1 does not end"
}

# stop_server FOLDER MAIN_CLASS: asks by process id, insists after 30 s
stop_server() {
  local folder=$1 class=$2 pid
  if alive "$folder/pid" "$class"; then
    pid=$(cat "$folder/pid")
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 150); do
      alive "$folder/pid" "$class" || break
      sleep 0.2
    done
    if alive "$folder/pid" "$class"; then kill -9 "$pid" 2>/dev/null || true; fi
    echo "stopped $class, process $pid ($folder)" >&2
  fi
  rm -f "$folder/pid"
}

# stop_servers BASE MAIN_CLASS [--wipe]: stops every node below BASE; with --wipe removes its data, too
stop_servers() {
  local base=$1 class=$2 node
  end_start "$base"
  for node in "$base"/n*; do
    if [ -d "$node" ]; then stop_server "$node" "$class" & fi
  done
  wait
  if [ "${3:-}" = --wipe ]; then rm -rf "$base"; fi
}
