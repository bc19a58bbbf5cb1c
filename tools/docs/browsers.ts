/** docs/reference/browsers.md, from the browsers that the pages are built for. */
import { OLDEST_BROWSERS } from '#workloads/web/browsers.ts';
import { type Document, markdownTable, page } from './document.ts';

export function browsersDocuments(): readonly Document[] {
  const rows = OLDEST_BROWSERS.map(({ name, version }) => [name, version]);
  const text = page('Browsers', 'the browsers that the pages are built for (workloads/web/browsers.ts)', [
    'The pages are made for what is [widely available](https://web.dev/baseline) in browsers, and for iOS 16.4 at the least:',
    '',
    markdownTable(['browser', 'from version'], rows),
    '',
    'Scripts and styles are built for these, and a test runs the pages in a browser from which all is taken that these lack. An older',
    'browser, or one that cannot load the scripts, says so in place of a blank page.',
    '',
    'A browser may keep nothing for pages, or have no room: everything works, but the user id, the language and a key are those of the',
    'page until it is closed, and orders that wait are lost with it, which it says.',
  ]);
  return [{ path: 'docs/reference/browsers.md', text }];
}
