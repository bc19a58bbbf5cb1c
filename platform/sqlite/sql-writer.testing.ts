/**
 * A writer's thread that runs the SQL it is sent, for the tests; answers with the number of rows of table `t`. Like Node
 * under `--watch`, it says more than that.
 */
import { parentPort } from 'node:worker_threads';
import { runWriterThread } from './writer-thread.ts';

const chatter = { 'watch:import': [import.meta.url] };

runWriterThread<string, number>(1_024, (database) => {
  parentPort?.postMessage(chatter);
  database.exec('CREATE TABLE IF NOT EXISTS t (value TEXT NOT NULL) STRICT');
  const count = database.prepare('SELECT count(*) AS rows FROM t');
  return (sql) => {
    parentPort?.postMessage(chatter);
    database.exec(sql);
    return Number(count.get()?.rows);
  };
});
