import type { Problem } from '#workloads/web/api/problem.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { wake } from '#workloads/web/live/presence.ts';
import './trouble.css';

/** Says why something cannot be shown, and lets the person try again. */
export function Trouble({ problem }: { readonly problem: Problem }) {
  const { texts } = useSpeech();
  return (
    <div className="trouble" role="alert">
      <p>{problem.kind === 'unreachable' ? texts.problem.unreachable : texts.problem.answered(problem.status)}</p>
      <p className="quiet">{problem.kind === 'unreachable' ? texts.problem.unreachableHint : problem.detail}</p>
      <button type="button" className="button" onClick={wake}>
        {texts.problem.retry}
      </button>
    </div>
  );
}
