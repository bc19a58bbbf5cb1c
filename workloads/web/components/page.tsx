import { type ReactNode, StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { missingNames } from '#workloads/web/browser/missing-names.ts';
import { Speaking, useSpeech } from '#workloads/web/language/language.tsx';
import { LanguageChoice } from './language-choice.tsx';
import '#workloads/web/styles/base.css';
import './page.css';

/** What surrounds every page. */
function Page({ children }: { readonly children: ReactNode }) {
  const { texts } = useSpeech();
  return (
    <>
      <a className="skip" href="#main">
        {texts.skip}
      </a>
      <header className="page-header">
        <a className="wordmark" href="./">
          <span lang="ja">懐石</span> <span lang="en">Kaiseki</span>
        </a>
        <LanguageChoice />
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <footer className="page-footer">
        <a href="./">{texts.footer.pages}</a>
        <a href="./docs">{texts.footer.docs}</a>
      </footer>
    </>
  );
}

/** Says what `public/started.js` says where not even the scripts can be read: better than a blank page. */
function showNotStarted(error: unknown): void {
  document.getElementById('not-started')?.removeAttribute('hidden');
  reportError(error);
}

/** Shows a page in the document's `#page`, or says that this browser is too old for it. */
export function showPage(content: ReactNode): void {
  const place = document.getElementById('page');
  if (!place) throw new Error('the document has no #page');
  const missing = missingNames();
  if (missing.length > 0) {
    showNotStarted(new Error(`this browser lacks ${missing.join(', ')}`));
    return;
  }
  document.documentElement.dataset.started = '';
  // React takes everything away when something throws while it draws.
  createRoot(place, { onUncaughtError: showNotStarted }).render(
    <StrictMode>
      <Speaking>
        <Page>{content}</Page>
      </Speaking>
    </StrictMode>,
  );
}

/** Names the document while the component is there. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Kaiseki`;
  }, [title]);
}
