/** A writer's thread that runs the SQL it is sent, for the tests; answers with the number of rows of table `t`. */
import { runWriterThread } from './writer-thread.ts';

runWriterThread<string, number>(1_024, (database) => {
  database.exec('CREATE TABLE IF NOT EXISTS t (value TEXT NOT NULL) STRICT');
  const count = database.prepare('SELECT count(*) AS rows FROM t');
  return (sql) => {
    database.exec(sql);
    return Number(count.get()?.rows);
  };
});
