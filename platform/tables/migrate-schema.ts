/** One change of the schema, and the wait until every node has it. */
import type { Client } from 'cassandra-driver';
import type { Clock } from '#platform/clock/clock.ts';

export const AGREEMENT_WAIT_MS_MAX = 60_000;
export const AGREEMENT_POLL_MS = 200;

/**
 * Runs one statement and waits until all nodes have the same schema, also when the statement found its work done: another
 * run may have done it a moment ago, and a node that has not heard of a new table fails every request to it.
 */
export async function applySchema(client: Client, clock: Clock, statement: string): Promise<void> {
  await client.execute(statement, [], { prepare: false });
  const deadline_ms = clock.monotonic_ms() + AGREEMENT_WAIT_MS_MAX;
  while (!(await nodesAgree(client))) {
    if (clock.monotonic_ms() > deadline_ms) throw new Error(`the nodes do not agree on the schema after: ${statement}`);
    await clock.sleep(AGREEMENT_POLL_MS);
  }
}

/** The driver documents this check but its type declarations lack it. */
async function nodesAgree({ metadata }: Client): Promise<boolean> {
  if (!('checkSchemaAgreement' in metadata) || typeof metadata.checkSchemaAgreement !== 'function') {
    throw new Error('this version of cassandra-driver cannot compare the schemas of the nodes');
  }
  return (await metadata.checkSchemaAgreement()) === true;
}
