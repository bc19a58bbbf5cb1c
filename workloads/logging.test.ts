import { expect, it } from 'vitest';
import { readableLine } from './logging.ts';

const time = new Date(2026, 10, 20, 14, 3, 22).getTime();

it('shows a person the time, the level, the message and its details', () => {
  expect(readableLine({ level: 30, time, msg: 'shard claimed', shard: 3, workload: 'counter' })).toBe(
    '14:03:22 info  shard claimed (shard=3, workload=counter)',
  );
  expect(readableLine({ level: 30, time, msg: 'stopped' })).toBe('14:03:22 info  stopped');
});

it('shows an error’s message with a warning, and its stack from an error on', () => {
  const err = { message: 'connection refused', stack: 'Error: connection refused\n    at connect' };
  expect(readableLine({ level: 40, time, msg: 'waiting', err })).toBe('14:03:22 warn  waiting (connection refused)');
  expect(readableLine({ level: 50, time, msg: 'failed', err })).toBe(
    '14:03:22 error failed (connection refused)\nError: connection refused\n    at connect',
  );
});
