/** Stands between a client and a server and treats some requests badly, as a failing server or network would. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** What becomes of a request: `pass` as it is; `swallow` answered with 202 and forgotten; `cut` passed on, and the answer lost; `busy`: 503. */
export type Treatment = 'pass' | 'swallow' | 'cut' | 'busy';

export interface Between extends AsyncDisposable {
  readonly address: string;
  /** How many requests were not passed. */
  readonly mistreated: number;
}

/**
 * @param treat is asked for each POST, by its number; all else passes
 * @param usersHidden how many questions for users are answered with 404 before the first one is passed
 */
export async function standBetween(server: string, treat: (number: number) => Treatment, usersHidden = 0): Promise<Between> {
  let posts = 0;
  let mistreated = 0;
  let hidden = 0;
  const proxy = createServer((request, response) => {
    if (request.url?.startsWith('/api/users/') && hidden < usersHidden) {
      hidden++;
      return json(response, 404, {});
    }
    const treatment = request.method === 'POST' ? treat(posts++) : 'pass';
    if (treatment !== 'pass') mistreated++;
    handle(server, treatment, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  return {
    address: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    get mistreated() {
      return mistreated;
    },
    async [Symbol.asyncDispose]() {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

async function handle(server: string, treatment: Treatment, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  if (treatment === 'swallow') return json(response, 202, { accepted: true });
  if (treatment === 'busy') return json(response, 503, { type: 'urn:problem-type:kaiseki:overloaded', detail: 'The queue is full.' });
  const { host: _host, connection: _connection, ...headers } = request.headers;
  const answer = await fetch(new URL(request.url ?? '/', server), {
    method: request.method ?? 'GET',
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  });
  const text = await answer.text();
  if (treatment === 'cut') return void response.destroy();
  response.writeHead(answer.status, { 'Content-Type': answer.headers.get('Content-Type') ?? 'application/json' }).end(text);
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Retry-After': '0' }).end(JSON.stringify(body));
}
