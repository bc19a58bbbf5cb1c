/** Files as answers: read and compressed at their first use, revalidated by ETag. */
import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ParameterizedContext } from 'koa';
import { hasAlready } from './etag.ts';
import { acceptsGzip } from './offers.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};
/** What gzip makes smaller. */
const COMPRESSED = new Set(['.html', '.css', '.js', '.json', '.map', '.svg', '.txt', '.webmanifest']);

const compress = promisify(gzip);

interface Content {
  readonly plain: Buffer;
  readonly gzip: Buffer | undefined;
  /** The entity tag, without `W/` and quotes. */
  readonly tag: string;
}

/** One file that is served, kept in memory from its first use on. */
export class ServedFile {
  readonly type: string;
  readonly #path: string;
  readonly #cacheControl: string;
  #content: Promise<Content> | undefined;

  constructor(path: string, cacheControl: string) {
    this.#path = path;
    this.#cacheControl = cacheControl;
    this.type = TYPES[extname(path)] ?? 'application/octet-stream';
  }

  /** Answers with the file, or with 304 where the client has it already. */
  async send(context: ParameterizedContext): Promise<void> {
    const { plain, gzip: compressed, tag } = await this.#read();
    context.set({ 'Cache-Control': this.#cacheControl, ETag: `W/"${tag}"` });
    context.vary('Accept-Encoding');
    if (hasAlready(context.get('If-None-Match'), tag)) {
      context.status = 304;
      return;
    }
    context.status = 200;
    context.set('Content-Type', this.type);
    if (compressed && acceptsGzip(context.get('Accept-Encoding'))) {
      context.set('Content-Encoding', 'gzip');
      context.body = compressed;
    } else {
      context.body = plain;
    }
  }

  /** Read once for all who ask meanwhile. A failure is told to them, and forgotten: the next one reads again. */
  #read(): Promise<Content> {
    if (this.#content) return this.#content;
    const reading = contentOf(this.#path);
    this.#content = reading;
    reading.catch(() => {
      this.#content = undefined;
    });
    return reading;
  }
}

async function contentOf(path: string): Promise<Content> {
  const plain = await readFile(path);
  const tag = hash('sha256', plain, 'base64url').slice(0, 22);
  return { plain, gzip: COMPRESSED.has(extname(path)) ? await compress(plain) : undefined, tag };
}
