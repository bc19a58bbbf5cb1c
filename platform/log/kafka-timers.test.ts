import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { quietKafkajsTimers, type RequestQueue } from './kafka-timers.ts';

interface TestableQueue extends RequestQueue {
  readonly throttleCheckTimeoutId: object | null;
  push(request: object): void;
  fulfillRequest(response: object): void;
  destroy(): void;
}

interface QueueConstructor {
  new (options: object): TestableQueue;
}

const Queue: QueueConstructor = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');
const logger = { debug: () => undefined, warn: () => undefined };

function openQueue(): TestableQueue {
  return new Queue({
    maxInFlightRequests: 1,
    requestTimeout: 1_000,
    enforceRequestTimeout: false,
    clientId: 'test',
    broker: 'test',
    logger,
  });
}

function request(correlationId: number, sent: number[]): object {
  return {
    entry: { correlationId, resolve: () => undefined, reject: () => undefined },
    expectResponse: true,
    sendRequest: () => sent.push(correlationId),
  };
}

it('kafkajs sets its timer while a request waits, and only then', () => {
  const restless = openQueue();
  restless.fulfillRequest({ correlationId: 0 });
  expect(restless.throttleCheckTimeoutId).not.toBeNull();
  restless.destroy();

  quietKafkajsTimers();
  const queue = openQueue();
  const sent: number[] = [];
  queue.push(request(1, sent));
  expect(queue.throttleCheckTimeoutId).toBeNull();
  queue.push(request(2, sent));
  expect(queue.throttleCheckTimeoutId).not.toBeNull();
  queue.fulfillRequest({ correlationId: 1, payload: null, size: 0 });
  expect(sent).toEqual([1, 2]);
  queue.destroy();
});
