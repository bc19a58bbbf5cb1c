/** The tables as the API reads them: what they refuse or leave unanswered is a problem that a client understands. */
import { HttpProblem, unavailable } from '#platform/http/problem.ts';
import { BadCursor, type Tables } from '#platform/tables/tables.ts';

export type ReadTables = Pick<Tables, 'get' | 'page' | 'readShard'>;

/** Every call rejects with an HttpProblem: 422 for a cursor that is none, 503 where the tables do not answer. */
export function readTables(tables: Tables): ReadTables {
  return {
    get: (table, keys) => answered(tables.get(table, keys)),
    page: (table, request) => answered(tables.page(table, request)),
    readShard: (shard, periods, consistency) => answered(tables.readShard(shard, periods, consistency)),
  };
}

/** A cursor that did not come from the list which it is used on. */
export function badCursor(): HttpProblem {
  return new HttpProblem('invalid', 'Some parameters are not valid.', {
    errors: [{ field: 'cursor', problem: 'must be a next_cursor of this very list' }],
  });
}

async function answered<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    if (cause instanceof BadCursor) throw badCursor();
    throw unavailable('The tables do not answer.', { cause });
  }
}
