import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock/clock.ts';
import { remove } from '#platform/tables/tables.ts';
import { openTables } from './adapters.ts';
import { runCommandLine } from './command-line/program.ts';
import { DRIFT_EXIT_CODE } from './orders/daily/daily-report.ts';
import { orderLog } from './orders/tables.ts';
import { addressOf, startKaiseki } from './processes.testing.ts';
import { loadSettings } from './settings.ts';
import { VERSION } from './version.ts';

const MAIN = join(import.meta.dirname, 'main.ts');

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kaiseki-main-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs `kaiseki` in a process of its own, in an empty directory, to its end. */
function spawnKaiseki(args: readonly string[], environment: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: directory,
    env: { PATH: process.env.PATH, ...environment },
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  return { status, stdout, stderr };
}

/** Runs a command line in this process. */
async function kaiseki(args: readonly string[], environment: Record<string, string> = {}) {
  let [stdout, stderr] = ['', ''];
  const status = await runCommandLine(args, {
    settingsFile: join(directory, 'none.env'),
    environment: { KAISEKI_DATA_DIR: directory, ...environment },
    clock: systemClock,
    print: (text) => {
      stdout += text;
    },
    complain: (text) => {
      stderr += text;
    },
    exitCode: 0,
  });
  return { status, stdout, stderr };
}

describe('kaiseki', () => {
  it('prints its version and its help on standard output', async () => {
    expect(spawnKaiseki(['--version'])).toEqual({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
    const help = await kaiseki(['--help']);
    expect(help).toMatchObject({ status: 0, stderr: '' });
    for (const word of ['ingest', 'counter', 'summary', 'daily', 'all', 'demo', 'replay', 'lag', 'topics', 'migrate', 'Examples:']) {
      expect(help.stdout).toContain(word);
    }
  });

  it.each([
    [[], 'Usage: kaiseki'],
    [['ingets'], 'there is no workload "ingets"; did you mean ingest?'],
    [['toppics'], 'did you mean topics?'],
    [['ingest', 'lag'], 'lag is a command: it goes alone'],
    [['lag', '--jsn'], 'Did you mean --json?'],
    [['replay', '--orders', 'many'], 'It must be a whole number from 1 to'],
    [['replay', '--hot', '1.5'], 'It must be a number from 0 to 1.'],
    [['replay', '--url', 'localhost:8080'], 'It must be an address such as http://localhost:8080.'],
    [['replay', '--until', '2026-11-20T00:00:00Z'], '--until goes with --days'],
    [['replay', '--dimension', 'wine'], 'it has cuisine, snack'],
    [['daily', '--date', '2025-02-30'], '--date must be a day'],
    [['daily', '--from', '2025-02-01'], '--from and --to go together'],
    [['daily', '--date', '2999-01-01'], '--date 2999-01-01 is not over'],
  ])('%j is bad usage: exit code 2 and a hint', async (args, hint) => {
    const { status, stdout, stderr } = await kaiseki(args);
    expect(stderr).toContain(hint);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  it('lists every mistake in the settings, without the secrets, and starts nothing', async () => {
    const { status, stderr } = await kaiseki(['all'], {
      KAISEKI_PORT: '80a',
      KAISEKI_API_KEY: 'x',
      KAISEKI_API_KEYS: 'admin:0123456789abcdef',
    });
    expect(status).toBe(2);
    expect(stderr).toContain('3 settings are wrong');
    expect(stderr).toContain('KAISEKI_PORT is "80a" but must be');
    expect(stderr).toContain('did you mean KAISEKI_API_KEYS?');
    expect(stderr).not.toContain('0123456789abcdef');
  });

  it('refuses to listen beyond this machine without keys, by name of the setting', async () => {
    const { status, stderr } = await kaiseki(['all'], { KAISEKI_HOST: '0.0.0.0' });
    expect(status).toBe(2);
    expect(stderr).toMatch(/KAISEKI_API_KEYS must be set .* to listen on 0\.0\.0\.0.*KAISEKI_ALLOW_ANONYMOUS=true/);
  });

  it('refuses to mix the demo with real orders', async () => {
    expect(await kaiseki(['demo'], { KAFKA_BROKERS: '127.0.0.1:1' })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('KAFKA_BROKERS'),
    });
  });

  it('reads .env of the working directory, over which the environment wins', () => {
    const file = join(directory, '.env');
    writeFileSync(file, 'KAISEKI_TIME_ZONE=Nowhere/Here\nKAISEKI_LOG_LEVEL=loud\n');
    try {
      const { status, stderr } = spawnKaiseki(['lag'], { KAISEKI_LOG_LEVEL: 'info' });
      expect(status).toBe(2);
      expect(stderr).toContain('One setting is wrong');
      expect(stderr).toContain('KAISEKI_TIME_ZONE is "Nowhere/Here"');
    } finally {
      rmSync(file);
    }
  });

  it('says in one line what is wrong with a .env that it cannot read', () => {
    const file = join(directory, '.env');
    mkdirSync(file);
    try {
      expect(spawnKaiseki(['lag'], {})).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(
          /^error: One setting is wrong:\n {2}the file \.env is a directory, but must be a file of settings: .*\n\(docs.*\n$/,
        ),
      });
    } finally {
      rmSync(file, { recursive: true });
    }
  });

  it('says which setting to change when its port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      const { status, stderr } = spawnKaiseki(['ingest'], { KAISEKI_PORT: String(port) });
      expect(status).toBe(1);
      expect(stderr).toContain(`${port}; set KAISEKI_PORT to another port`);
    } finally {
      server.close();
    }
  });

  it('says in one line why a data directory cannot be used', () => {
    const file = join(directory, 'a file');
    writeFileSync(file, '');
    for (const path of ['/proc/kaiseki/data', file, join(file, 'below')]) {
      const { status, stderr } = spawnKaiseki(['summary'], { KAISEKI_DATA_DIR: path, KAISEKI_PORT: '0' });
      expect(stderr).toMatch(new RegExp(`^error: ${path}: it (cannot be made \\(.*\\)|is no directory)\n$`));
      expect(status).toBe(1);
    }
  });

  it('says that there are no orders yet, and where the demo’s are', async () => {
    const own = { KAISEKI_DATA_DIR: join(directory, 'untouched'), KAISEKI_LOG_LEVEL: 'silent' };
    const none = { status: 1, stdout: '', stderr: `error: there are no orders in ${own.KAISEKI_DATA_DIR} yet\n` };
    expect(await kaiseki(['lag'], own)).toEqual(none);
    expect(await kaiseki(['daily', '--date', '2026-01-14'], own)).toEqual(none);
    const demo = join(own.KAISEKI_DATA_DIR, 'demo');
    mkdirSync(demo);
    for (const command of ['lag', 'daily']) {
      const { stderr } = await kaiseki([command], own);
      expect(stderr).toBe(`${none.stderr.trimEnd()}; the demo’s are in ${demo}: set KAISEKI_DATA_DIR=${demo}\n`);
    }
  });

  it('replays to this machine’s port, unless told', async () => {
    const nothing = (port: number) => ({ status: 1, stderr: expect.stringContaining(`nothing answers at http://localhost:${port};`) });
    expect(await kaiseki(['replay'], { KAISEKI_PORT: '1' })).toMatchObject(nothing(1));
    expect(await kaiseki(['replay', '--url', 'http://localhost:2'], { KAISEKI_PORT: '1' })).toMatchObject(nothing(2));
  });

  it('says that no broker answers', async () => {
    const { status, stderr } = await kaiseki(['topics'], { KAFKA_BROKERS: '127.0.0.1:1' });
    expect(stderr).toMatch(/^error: cannot connect to any broker of KAFKA_BROKERS \(127\.0\.0\.1:1\): .*\n$/);
    expect(status).toBe(1);
  });

  it('creates topics once, and shows the lag of every group', async () => {
    const created = await kaiseki(['topics', '--json'], { KAISEKI_SHARDS: '3', KAISEKI_BUCKETS: '6' });
    expect(JSON.parse(created.stdout)).toContainEqual(expect.objectContaining({ name: 'order-logs', partitions: 3, created: true }));
    const again = await kaiseki(['topics'], { KAISEKI_SHARDS: '3', KAISEKI_BUCKETS: '6' });
    expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining('was there') });
    expect(again.stdout).not.toContain('created');
    expect(await kaiseki(['topics'])).toMatchObject({ status: 1, stderr: expect.stringContaining('order-logs has 3 partitions') });
    const lag = await kaiseki(['lag', '--json']);
    expect(JSON.parse(lag.stdout)).toMatchObject([{ group: 'counter', topic: 'order-logs', records: 0 }]);
    expect((await kaiseki(['lag'])).stdout).toMatch(/^GROUP +TOPIC +PARTITION +OFFSET +END +LAG\ncounter /);
  });

  it('refuses a data directory that another process counts in, by its name and that process, but not after kill -9', async () => {
    const own = { KAISEKI_DATA_DIR: join(directory, 'held'), KAISEKI_PORT: '0', KAISEKI_SHARDS: '1', KAISEKI_BUCKETS: '1' };
    const claimed = (line: string) => line.includes('shard claimed');
    const first = startKaiseki(['counter'], own);
    await first.line(claimed);
    const { status, stderr } = spawnKaiseki(['all'], own);
    expect(stderr).toMatch(
      new RegExp(`^error: process ${first.pid} consumes order-logs as group counter in ${own.KAISEKI_DATA_DIR} already: .*\n$`, 'm'),
    );
    expect(stderr).not.toContain('listening');
    expect(status).toBe(1);
    first.kill('SIGKILL');
    await first.ended();
    const second = startKaiseki(['counter'], own);
    await second.line(claimed);
    second.kill('SIGTERM');
    expect(await second.ended()).toBe(0);
    const other = await kaiseki(['all'], { ...own, KAISEKI_SHARDS: '2', KAISEKI_BUCKETS: '2' });
    expect(other).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^error: topic order-logs has 1 partitions, not 2 \(KAISEKI_SHARDS\), in .*: set it back, or .*\n$/),
    });
    expect(other.stdout).not.toContain('stack');
  });

  it('has nothing to migrate on the embedded tables', async () => {
    expect(await kaiseki(['migrate'])).toMatchObject({ status: 0, stdout: expect.stringContaining('Nothing to do') });
  });

  it('ends a recount that finds drift with an exit code of its own', async () => {
    const own = { KAISEKI_DATA_DIR: join(directory, 'drift'), KAISEKI_PORT: '0', KAISEKI_SHARDS: '1', KAISEKI_BUCKETS: '1' };
    const running = startKaiseki(['ingest', 'counter', 'summary'], own);
    const url = await addressOf(running);
    const body = JSON.stringify({ user_id: 'u', timestamp: '2026-01-14T03:00:00Z', menu_type: 'kinoko' });
    const send = () => fetch(`${url}/api/log`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    while (!(await send()).ok) await systemClock.sleep(50);
    const counted = async () => (await (await fetch(`${url}/api/totals?dimension=snack`)).text()).includes('"orders":1');
    while (!(await counted())) await systemClock.sleep(50);
    running.kill('SIGTERM');
    expect(await running.ended()).toBe(0);
    expect(await kaiseki(['daily', '--date', '2026-01-14'], own)).toMatchObject({ status: 0 });

    const tables = await openTables(loadSettings(own));
    const { rows } = await tables.page(orderLog, { within: { shard: 0, chunk: 0 }, limit: 10 });
    await tables.write(rows.map(({ shard, chunk, offset, epoch }) => remove(orderLog, { shard, chunk, offset, epoch }, offset)));
    await tables.close();
    expect(await kaiseki(['daily', '--date', '2026-01-14'], own)).toMatchObject({ status: DRIFT_EXIT_CODE });
  });
});
