/** The built pages, served from a directory that is listed once: what is not on the list does not exist. */
import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Middleware } from 'koa';
import { ServedFile } from './files.ts';
import { methodNotAllowed, ROUTE } from './router.ts';

/** Files at the most: a directory with more is not the one that was meant. */
const FILES_MAX = 1_000;
/** Vite puts a hash of the content into the names here: such a file never changes. */
const HASHED = /^\/assets\/.*-[\w-]{8,}\.\w+$/;

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
};

/**
 * Serves GET and HEAD for the files of `directory`, `/` being `index.html`; 405 for other methods; everything else goes on to the next middleware.
 * @throws Error when the directory cannot be listed
 */
export function pagesMiddleware(directory: string): Middleware {
  const files = listFiles(directory);
  return async (context, next) => {
    const file = files.get(context.path);
    if (!file) return next();
    context.state[ROUTE] = 'pages';
    if (context.method !== 'GET' && context.method !== 'HEAD') throw methodNotAllowed(context.path, ['HEAD', 'GET']);
    context.set(HEADERS);
    await file.send(context);
  };
}

function listFiles(directory: string): ReadonlyMap<string, ServedFile> {
  const files = new Map<string, ServedFile>();
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  if (entries.length > FILES_MAX) throw new Error(`${directory} holds more than ${FILES_MAX} files`);
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const address = `/${relative(directory, path).split(sep).map(encodeURIComponent).join('/')}`;
    const file = new ServedFile(path, HASHED.test(address) ? 'public, max-age=31536000, immutable' : 'no-cache');
    files.set(address, file);
    if (address === '/index.html') files.set('/', file);
  }
  return files;
}
