/** The limit that ingest is held against: a bare koa handler that parses the same JSON and answers, and keeps nothing. */
import type { IncomingMessage } from 'node:http';
import Koa from 'koa';

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
  });
}

const app = new Koa();
app.use(async (context) => {
  const order = JSON.parse(await bodyOf(context.req));
  context.status = 202;
  context.body = { accepted: order.user_id === undefined ? 0 : 1 };
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ msg: 'listening', address: `http://127.0.0.1:${port}` })}\n`);
});
