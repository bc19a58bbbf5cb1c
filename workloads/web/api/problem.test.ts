import { expect, it } from 'vitest';
import { ApiError, problemIn, problemOf } from './problem.ts';

it('a problem tells what the server says of it', async () => {
  const body = JSON.stringify({ title: 'Unavailable', status: 503, detail: 'the tables do not answer' });
  const response = new Response(body, { status: 503, headers: { 'content-type': 'application/problem+json' } });
  expect(await problemOf(response)).toEqual({ kind: 'answered', status: 503, detail: 'the tables do not answer' });
});

it('a problem of something between here and the server has a status only', async () => {
  expect(await problemOf(new Response('<h1>Bad gateway</h1>', { status: 502 }))).toEqual({ kind: 'answered', status: 502 });
  const broken = new Response('{"detail":', { status: 500, headers: { 'content-type': 'application/json' } });
  expect(await problemOf(broken)).toEqual({ kind: 'answered', status: 500 });
});

it('whatever is no answer is no server', () => {
  expect(problemIn(new ApiError({ kind: 'answered', status: 404 }))).toEqual({ kind: 'answered', status: 404 });
  expect(problemIn(new TypeError('Failed to fetch'))).toEqual({ kind: 'unreachable' });
  expect(problemIn(new DOMException('too late', 'TimeoutError'))).toEqual({ kind: 'unreachable' });
});
