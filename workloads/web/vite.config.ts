import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { notStarted, OLDEST_BROWSERS } from './browsers.ts';

const root = import.meta.dirname;
const PLACE = '<div id="page"></div>';

/** Puts into every page what it says where it does not start, and the script that shows it. */
const sayWhereNotStarted: Plugin = {
  name: 'say-where-not-started',
  transformIndexHtml: {
    // After the build has looked at the page's scripts: this one stays as it is, for the oldest browsers.
    order: 'post',
    handler(html) {
      if (!html.includes(PLACE)) throw new Error(`a page has no ${PLACE}`);
      return {
        html: html.replace(PLACE, `${notStarted()}\n    ${PLACE}`),
        tags: [{ tag: 'script', attrs: { src: './started.js', defer: true }, injectTo: 'head' }],
      };
    },
  },
};

export default defineConfig({
  root,
  // Relative addresses: a proxy may show the pages under a path of its own (KAISEKI_BASE_PATH).
  base: './',
  plugins: [react(), sayWhereNotStarted],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Of scripts and styles alike: nested rules and light-dark() are written out for the oldest.
    target: OLDEST_BROWSERS.map(({ target, version }) => target + version),
    // The pages are served under `default-src 'self'`: nothing may become a data: address.
    assetsInlineLimit: 0,
    rolldownOptions: { input: ['index', 'cuisine', 'snack', 'live'].map((page) => join(root, `${page}.html`)) },
  },
});
