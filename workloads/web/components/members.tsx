import { useMemo } from 'react';
import { members } from '#workloads/web/api/orders.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { polling } from '#workloads/web/live/polling.ts';
import { useChanges } from '#workloads/web/live/use-changes.ts';
import { useLive } from '#workloads/web/live/use-live.ts';
import { Pager } from './pager.tsx';
import { Trouble } from './trouble.tsx';
import { usePages } from './use-pages.ts';
import { addressOf } from './user-address.ts';

/** Whole rows in two, three and four columns. */
const PAGE_USERS = 24;
/** One may come as another goes: the count tells of neither. */
const INTERVAL_MS = 10_000;
/** While orders come, the count moves all the time: a list is a read of the tables for each page that is open. */
const CHANGED_MS_MIN = 5_000;

interface MembersProps {
  readonly segment: string;
  readonly label: string;
  readonly prefix: string;
  /** The people in the segment as they are pushed: a list is asked for anew when that moves. */
  readonly count: number | undefined;
}

/** The users of a segment whose ids begin with `prefix`, page by page. The page shown stays up to date. */
export function Members({ segment, label, prefix, count }: MembersProps) {
  const { texts } = useSpeech();
  const pages = usePages(prefix);
  const { cursor } = pages;
  const changes = useChanges(count);
  const { value, settled, problem } = useLive(
    useMemo(() => {
      const load = (signal: AbortSignal) => members(segment, { prefix, limit: PAGE_USERS, cursor }, signal);
      return polling(load, { interval_ms: INTERVAL_MS, changes, changed_ms_min: CHANGED_MS_MIN });
    }, [segment, prefix, cursor, changes]),
  );
  const list = texts.people.list(label);
  return (
    <>
      {problem && !settled && <Trouble problem={problem} />}
      {!value && !problem && <p className="quiet">{texts.loading}</p>}
      {value && value.users.length > 0 && (
        <ul className="members" aria-label={list} aria-busy={!settled}>
          {value.users.map((userId) => (
            <li key={userId}>
              <a href={addressOf(userId)} title={userId}>
                {userId}
              </a>
            </li>
          ))}
        </ul>
      )}
      {settled && value?.users.length === 0 && <p className="quiet">{prefix === '' ? texts.people.none : texts.people.noMatch(prefix)}</p>}
      <Pager list={list} pages={pages} nextCursor={settled ? value?.next_cursor : undefined} />
    </>
  );
}
