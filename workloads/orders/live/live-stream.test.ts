import { describe, expect, it, onTestFinished } from 'vitest';
import { createCounter } from '../counter/counter.ts';
import { createIngest } from '../ingest/ingest.ts';
import { type RunningOrders, runOrders, until } from '../orders.testing.ts';
import { refusal, view, whenLive } from './live.testing.ts';
import { createLive } from './live.ts';
import type { LivePush } from './live-message.ts';

const create = [createIngest, createCounter, createLive];

/** Opens a stream as soon as it is served, and reads its events. */
async function open(running: RunningOrders, headers: Record<string, string> = {}) {
  const closing = new AbortController();
  onTestFinished(() => closing.abort());
  const ask = () => fetch(`${running.url}/live/stream?dimension=snack`, { signal: closing.signal, headers });
  await whenLive(running.url);
  const response = await ask();
  const heard: LivePush[] = [];
  let ended = false;
  const read = async () => {
    let text = '';
    for await (const part of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      const events = `${text}${part}`.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) if (event.startsWith('data: ')) heard.push(JSON.parse(event.slice('data: '.length)));
    }
    ended = true;
  };
  void read().catch(() => undefined);
  return { response, heard, closing, ended: () => ended };
}

async function streams(running: RunningOrders): Promise<number> {
  const { values } = await running.platform.metrics.orders.live.viewers.get();
  return values.find(({ labels }) => labels.transport === 'stream')?.value ?? 0;
}

describe('GET /live/stream', () => {
  it('sends a snapshot, then changes, uncached', async () => {
    const running = await runOrders({ create });
    const { response, heard } = await open(running);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    await until(async () => heard.length === 1);
    expect(heard[0]).toMatchObject({ type: 'snapshot', dimension: 'snack' });
    await running.batch([{ user_id: 'u1', timestamp: '2026-01-01T00:00:00Z', menu_type: 'takenoko' }]);
    await until(async () => heard.some(({ type, all }) => type === 'change' && all[0]?.segment === 'takenoko' && all[0].orders === 1));
  });

  it('ends when the workload stops, and forgets those who left', async () => {
    const running = await runOrders({ create });
    const left = await open(running);
    const stays = await open(running);
    expect(await streams(running)).toBe(2);
    left.closing.abort();
    await until(async () => (await streams(running)) === 1);
    await running.stop();
    await until(async () => stays.ended());
    expect(await streams(running)).toBe(0);
    expect((await fetch(`${running.url}/live/stream?dimension=snack`)).status).toBe(503);
  });

  it('has room for so many', async () => {
    const running = await runOrders({ create, environment: { KAISEKI_LIVE_VIEWERS: '1' } });
    const { heard } = await open(running);
    await until(async () => heard.length === 1);
    const refused = await running.get('/live/stream?dimension=snack');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    const { values } = await running.platform.metrics.orders.live.refused.get();
    expect(values.find(({ labels }) => labels.reason === 'overloaded')?.value).toBe(1);
  });

  it('shares its room with those who watch over WebSocket', async () => {
    const running = await runOrders({ create, environment: { KAISEKI_LIVE_VIEWERS: '2' } });
    const { closing } = await open(running);
    await view(running.url, 'cuisine');
    expect((await running.get('/live/stream?dimension=snack')).status).toBe(503);
    expect(await refusal(running.url, 'snack')).toMatchObject({ status: 503, kind: 'overloaded' });
    closing.abort();
    await until(async () => (await streams(running)) === 0);
    await view(running.url, 'snack');
    expect((await running.get('/live/stream?dimension=snack')).status).toBe(503);
  });

  it('knows no other dimension', async () => {
    const running = await runOrders({ create });
    expect((await running.get('/live/stream?dimension=drinks')).status).toBe(404);
  });
});
