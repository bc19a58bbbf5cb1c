/** Requests as bytes, for what a client of Node would never send. */
import { once } from 'node:events';
import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/**
 * Sends bytes and reads until the server closes. `halfClose`: says at once that nothing more will come; `meanwhile`: bytes
 * that are sent when the answer has begun to come.
 */
export async function exchange(url: string, bytes: string, { halfClose = false, meanwhile = '' } = {}): Promise<RawAnswer> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => {
    if (parts.push(part) === 1 && meanwhile !== '') socket.write(meanwhile);
  });
  if (halfClose) socket.end(bytes);
  else socket.write(bytes);
  await once(socket, 'end');
  socket.destroy();
  const text = Buffer.concat(parts).toString();
  const [head = '', body = ''] = text.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head, body };
}
