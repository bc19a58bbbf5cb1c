/**
 * Another process on a data directory, for the tests: `node embedded-child.testing.ts <directory> <what>` does one of the
 * things below, and says on its standard output what it was promised, a line each.
 */
import { contractNotes } from './contract/definitions.ts';
import { openEmbeddedTables } from './embedded.ts';
import { put, type ShardKey, type Tables } from './tables.ts';

const [directory = '', what = ''] = process.argv.slice(2);
const shard: ShardKey = { fold: 'child', shard: 0 };

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes row after row, and commits each into the shard's totals, until it is killed; says each number that was acknowledged. */
async function writeForEver(tables: Tables): Promise<void> {
  const state = await tables.readShard(shard, [], 'serial');
  await tables.claimShard(shard, { epoch: state.epoch, nextOffset: state.nextOffset, fingerprint: 'f' });
  for (let number = state.nextOffset; ; number++) {
    const totals = ['a', 'b', 'c'].map((name) => ({ period: 'all', name, figures: { orders: number + 1, users: number + 1 } }));
    await Promise.all([
      tables.write([put(contractNotes, { bucket: 0, name: `${number}`, note: 'x'.repeat(number % 3_000), number }, number)]),
      tables.commitShard(shard, { epoch: state.epoch + 1, base: number, next: number + 1, totals }),
    ]);
    say(`${number}`);
  }
}

/** Claims the shard until it has won a hundred times. */
async function claimOften(tables: Tables): Promise<void> {
  for (let won = 0; won < 100; ) {
    const { epoch, nextOffset } = await tables.readShard(shard, [], 'serial');
    const reply = await tables.claimShard(shard, { epoch, nextOffset, fingerprint: 'f' });
    if (reply.applied) won += 1;
  }
  await tables.close();
}

const actions: Readonly<Record<string, (tables: Tables) => Promise<void>>> = { writeForEver, claimOften };

const action = actions[what];
if (action === undefined) throw new Error(`${what} is none of ${Object.keys(actions)}`);
await action(await openEmbeddedTables({ directory }));
