/** The oldest browsers that the pages are made for: what is widely available (Baseline), and no newer than iOS 16.4 in any case. */

export interface Browser {
  readonly name: string;
  /** As Vite calls it. */
  readonly target: string;
  readonly version: string;
}

export const OLDEST_BROWSERS: readonly Browser[] = [
  { name: 'Chrome', target: 'chrome', version: '111' },
  { name: 'Edge', target: 'edge', version: '111' },
  { name: 'Firefox', target: 'firefox', version: '121' },
  { name: 'Safari', target: 'safari', version: '16.4' },
  { name: 'iOS', target: 'ios', version: '16.4' },
];

/** `Chrome 111, Edge 111, …` */
export function namedBrowsers(): string {
  return OLDEST_BROWSERS.map(({ name, version }) => `${name} ${version}`).join(', ');
}

/** What every page says where it has not started; shown by `public/started.js`, without which it is hidden. */
export function notStarted(): string {
  const browsers = namedBrowsers();
  return `<div id="not-started" role="alert" hidden>
      <p lang="ja">このページを表示できませんでした。対応しているブラウザー（${browsers} 以降）でページを再読み込みしてください。</p>
      <p lang="en">This page could not start. It needs a browser of today, such as ${browsers} or later; with one of these, load it again.</p>
    </div>`;
}
