/** The tables of the obvious design: a row for each order, and two counters that every order increments. */

/** @param keyspace created for this run, gone after it */
export function seedSchema(keyspace: string, replicas: number): readonly string[] {
  return [
    `CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': ${replicas}}`,
    `CREATE TABLE ${keyspace}.raw_orders (user_id text, ts timestamp, menu_type text, PRIMARY KEY (user_id, ts)) WITH CLUSTERING ORDER BY (ts DESC)`,
    `CREATE TABLE ${keyspace}.user_cuisine_counts (user_id text PRIMARY KEY, washoku_cnt counter, yoshoku_cnt counter)`,
    `CREATE TABLE ${keyspace}.cuisine_segment_counts (segment text PRIMARY KEY, cnt counter)`,
  ];
}
