import { useSpeech } from '#workloads/web/language/language.tsx';
import { wake } from '#workloads/web/live/presence.ts';
import type { Live } from '#workloads/web/live/use-live.ts';
import './live-state.css';

interface LiveStateProps {
  readonly live: Live<unknown>;
  readonly timeZone: string;
}

/** Says whether the figures are live, and of when they are. */
export function LiveState({ live, timeZone }: LiveStateProps) {
  const { texts, format } = useSpeech();
  const state = live.problem ? 'off' : live.received_ms === undefined ? 'connecting' : live.heard === 'told' ? 'on' : 'asked';
  const time = format.time(live.received_ms ?? 0, timeZone);
  return (
    <p className="live-state" data-state={state}>
      {state === 'on' || state === 'asked' ? texts.live[state](time) : texts.live[state]}
    </p>
  );
}

/** Says that the figures shown are old, while they are. */
export function StaleNotice({ live, timeZone }: LiveStateProps) {
  const { texts, format } = useSpeech();
  const stale = live.problem !== undefined && live.received_ms !== undefined;
  return (
    <div className="stale-notice" role="status">
      {stale && (
        <p>
          {texts.live.stale(format.time(live.received_ms ?? 0, timeZone))}{' '}
          <button type="button" onClick={wake}>
            {texts.live.retry}
          </button>
        </p>
      )}
    </div>
  );
}
