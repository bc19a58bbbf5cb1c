import { useSpeech } from '#workloads/web/language/language.tsx';
import type { Pages } from './use-pages.ts';
import './pager.css';

interface PagerProps {
  /** What is paged, in words. */
  readonly list: string;
  readonly pages: Pages;
  /** The cursor of the page after this one; undefined on the last, and as long as this one is not there. */
  readonly nextCursor: string | undefined;
}

/** Leads through a paged list; nothing where it has one page only. */
export function Pager({ list, pages, nextCursor }: PagerProps) {
  const { texts, format } = useSpeech();
  if (pages.number === 1 && nextCursor === undefined) return null;
  return (
    <nav className="pager" aria-label={texts.pager.name(list)}>
      <button type="button" className="button" disabled={pages.number === 1} onClick={pages.previous}>
        {texts.pager.previous}
      </button>
      <button
        type="button"
        className="button"
        disabled={nextCursor === undefined}
        onClick={() => nextCursor !== undefined && pages.next(nextCursor)}
      >
        {texts.pager.next}
      </button>
      <span className="quiet" aria-live="polite">
        {texts.pager.page(format.number(pages.number))}
      </span>
    </nav>
  );
}
