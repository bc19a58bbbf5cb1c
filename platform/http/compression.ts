/** Answers, smaller on their way: gzip, where the client takes it and it is worth the work. */
import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import type { ParameterizedContext } from 'koa';
import { acceptsGzip } from './offers.ts';

/** Smaller texts are sent as they are, in bytes. */
const TEXT_BYTES_MIN = 1_024;
/** Of zlib's nine: half of the time of its standard one, for a tenth more bytes. */
const OPTIONS = { level: 4 };
/** What flows, and ends: an event stream does not, and must not wait in a buffer. */
const STREAMED = 'text/csv';

const gzipped = promisify(gzip);

/** Compresses the body of an answer, where it is one that grows smaller. Resolves when it is done; undefined: it is done now. */
export function compress(context: ParameterizedContext): Promise<void> | undefined {
  const { body, res } = context;
  const isText = typeof body === 'string' && body.length >= TEXT_BYTES_MIN;
  const isStream = body instanceof Readable && String(res.getHeader('Content-Type')).startsWith(STREAMED);
  if ((!isText && !isStream) || res.hasHeader('Content-Encoding')) return undefined;
  context.vary('Accept-Encoding');
  if (!acceptsGzip(context.get('Accept-Encoding'))) return undefined;
  if (isText) return compressText(context, body);
  context.set('Content-Encoding', 'gzip');
  // Whoever goes away ends both; what went wrong is told by the answer's own end.
  context.body = pipeline(body, createGzip(OPTIONS), () => undefined);
  return undefined;
}

async function compressText(context: ParameterizedContext, text: string): Promise<void> {
  context.body = await gzipped(text, OPTIONS);
  // Not before: where it fails, a problem is answered, as it is.
  context.set('Content-Encoding', 'gzip');
}
