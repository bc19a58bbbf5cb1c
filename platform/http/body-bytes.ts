/** The bytes of a body: read whole, unpacked where they are packed, up to a limit. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { HeldBytes } from './body-budget.ts';
import { HttpProblem } from './problem.ts';

/** What unpacking itself takes in memory, in bytes: a window of 32 KiB and a part that is read. */
const UNPACKING_BYTES = 64 * 1024;

/**
 * The body, up to `limit_bytes` as it is sent and as many unpacked.
 * @throws HttpProblem 413 above the limit, 400 for what is no gzip, 503 when all bodies together are too much, 499 when the client goes away
 */
export function readBytes(request: IncomingMessage, isPacked: boolean, limit_bytes: number, held: HeldBytes): Promise<Buffer> {
  if (!isPacked) return collect(request, request, limit_bytes, held);
  held.take(UNPACKING_BYTES);
  const unpacked = createGunzip();
  let sent_bytes = 0;
  request.on('data', (chunk: Buffer) => {
    sent_bytes += chunk.length;
    if (sent_bytes > limit_bytes) unpacked.destroy(tooLarge(limit_bytes));
  });
  request.pipe(unpacked);
  return collect(request, unpacked, limit_bytes, held).finally(() => {
    // The rest of a refused body is read and dropped.
    request.unpipe(unpacked);
    unpacked.destroy();
    request.resume();
  });
}

export function tooLarge(limit_bytes: number): HttpProblem {
  return new HttpProblem('too-large', `The body has more than ${limit_bytes} bytes.`);
}

/**
 * Events rather than an async iterator, which would destroy the connection where a body is refused: the client would
 * see a reset instead of the answer. The rest of a refused body is read and dropped, for as long as the server's request
 * timeout allows. The listeners stay: taking them off costs more than they do.
 */
function collect(request: IncomingMessage, content: Readable, limit_bytes: number, held: HeldBytes): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let bytes = 0;
    let refused = false;
    const refuse = (problem: unknown) => {
      refused = true;
      chunks = [];
      reject(problem);
    };
    content.on('data', (chunk: Buffer) => {
      if (refused) return;
      bytes += chunk.length;
      if (bytes > limit_bytes) return refuse(tooLarge(limit_bytes));
      try {
        held.take(chunk.length);
        chunks.push(chunk);
      } catch (problem) {
        refuse(problem);
      }
    });
    content.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    if (content !== request) {
      content.on('error', (cause) => {
        refuse(cause instanceof HttpProblem ? cause : new HttpProblem('malformed', 'The body is not gzip, or not all of it.', { cause }));
      });
    }
    request.on('close', () => {
      if (!request.readableEnded) refuse(new HttpProblem('aborted', 'The client went away before its body had arrived.'));
    });
  });
}
