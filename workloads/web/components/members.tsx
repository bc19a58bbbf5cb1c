import { useMemo } from 'react';
import { members } from '#workloads/web/api/orders.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { polling } from '#workloads/web/live/polling.ts';
import { useLive } from '#workloads/web/live/use-live.ts';
import { Pager } from './pager.tsx';
import { Trouble } from './trouble.tsx';
import { usePages } from './use-pages.ts';
import { addressOf } from './user-address.ts';

/** Whole rows in two, three and four columns. */
const PAGE_USERS = 24;
const INTERVAL_MS = 5_000;

interface MembersProps {
  readonly segment: string;
  readonly label: string;
  readonly prefix: string;
}

/** The users of a segment whose ids begin with `prefix`, page by page. The page shown stays up to date. */
export function Members({ segment, label, prefix }: MembersProps) {
  const { texts } = useSpeech();
  const pages = usePages(prefix);
  const { cursor } = pages;
  const { value, settled, problem } = useLive(
    useMemo(
      () => polling((signal) => members(segment, { prefix, limit: PAGE_USERS, cursor }, signal), INTERVAL_MS),
      [segment, prefix, cursor],
    ),
  );
  const list = texts.people.list(label);
  return (
    <>
      {problem && !settled && <Trouble problem={problem} />}
      {!value && !problem && <p className="quiet">{texts.loading}</p>}
      {value && (
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
