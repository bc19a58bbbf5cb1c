/** The contract of the log port: one suite that every adapter passes, against the real log. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendContract } from './contract/append.ts';
import { claimContract } from './contract/claim.ts';
import { groupContract } from './contract/group.ts';
import { headersContract } from './contract/headers.ts';
import {
  aborted,
  appendValues,
  freshGroup,
  freshTopic,
  numbers,
  orderOf,
  readCount,
  until,
  valuesOf,
  whileOwning,
} from './contract/owning.ts';
import { tailContract } from './contract/tail.ts';
import { topicsContract } from './contract/topics.ts';
import type { Log } from './log.ts';

/**
 * Declares the suite for one adapter. `open` is called several times, always after the former log was closed, and
 * always opens the same data.
 */
export function logContract(name: string, open: () => Promise<Log>): void {
  describe(`log contract: ${name}`, () => {
    let opened: Log | undefined;
    const log = (): Log => {
      if (opened === undefined) throw new Error('the log is not open');
      return opened;
    };

    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.close();
    });

    describe('append', () => appendContract(log));
    describe('headers', () => headersContract(log));
    describe('a claim', () => claimContract(log));
    describe('a group', () => groupContract(log));
    describe('tail', () => tailContract(log));
    describe('topics', () => topicsContract(log));

    it('answers a check', async () => {
      await log().check();
    });

    it('keeps records and group offsets when it is closed and opened again', async () => {
      const topic = await freshTopic(log());
      const group = freshGroup();
      await appendValues(log(), topic, numbers(0, 10));
      await whileOwning(log(), topic, group, (owned) => owned.commit(6));
      await log().close();
      opened = await open();
      expect(await log().lag(topic, group)).toEqual([{ partition: 0, groupOffset: 6, endOffset: 10, records: 4 }]);
      await appendValues(log(), topic, ['10']);
      await whileOwning(log(), topic, group, async (owned) => {
        owned.seek(0);
        expect(valuesOf(await readCount(owned, 11))).toEqual(numbers(0, 11));
      });
    });

    it('ends everything when it is closed, then refuses', async () => {
      const topic = await freshTopic(log());
      const closed = log();
      let ended = 0;
      let started = 0;
      const own = async (owned: { readonly signal: AbortSignal }) => {
        started += 1;
        await aborted(owned.signal);
        ended += 1;
      };
      await closed.consume({ topic, group: freshGroup(), own });
      await closed.consume({ topic, group: freshGroup(), own });
      await closed.tail(topic, () => undefined);
      await until('both own', () => started === 2);
      const underway = closed.append(topic, [orderOf('a', '1')]);
      await closed.close();
      await underway;
      expect(ended).toBe(2);
      await expect(closed.append(topic, [orderOf('a', '2')])).rejects.toThrow();
      await expect(closed.check()).rejects.toThrow();
      await expect(closed.consume({ topic, group: freshGroup(), own })).rejects.toThrow();
      await closed.close();
      opened = await open();
      expect((await log().lag(topic, 'nobody'))[0]?.endOffset).toBe(1);
    });
  });
}
