import { type ReactNode, useMemo } from 'react';
import { menu } from '#workloads/web/api/orders.ts';
import type { Menu } from '#workloads/web/api/types.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { polling } from '#workloads/web/live/polling.ts';
import { useLive } from '#workloads/web/live/use-live.ts';
import { KeyForm, useKeyState } from './key-form.tsx';
import { Trouble } from './trouble.tsx';

/** The menu tells what day it is: a page left open goes on to the next day within a minute. */
const INTERVAL_MS = 60_000;

interface WithMenuProps {
  readonly children: (menu: Menu) => ReactNode;
}

/** Shows what needs the menu as soon as it is there; asks for an API key where the server wants one. */
export function WithMenu({ children }: WithMenuProps) {
  const { texts } = useSpeech();
  const key = useKeyState('read');
  if (key === 'accepted') return <Loaded>{children}</Loaded>;
  return (
    <KeyForm keyRole="read">
      <h1>{texts.key.title}</h1>
    </KeyForm>
  );
}

function Loaded({ children }: WithMenuProps) {
  const { texts } = useSpeech();
  const { value, problem } = useLive(useMemo(() => polling(menu, { interval_ms: INTERVAL_MS }), []));
  if (value) return children(value);
  if (problem) return <Trouble problem={problem} />;
  return (
    <p className="quiet" role="status">
      {texts.loading}
    </p>
  );
}
