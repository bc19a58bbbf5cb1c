import { useId, useMemo } from 'react';
import type { Dimension } from '#workloads/web/api/types.ts';
import { type Line, Lines } from '#workloads/web/chart/lines.tsx';
import { recentLine, STEP_MS, STEPS } from '#workloads/web/figures/recent.ts';
import type { Counts } from '#workloads/web/figures/slices.ts';
import { labelOf } from '#workloads/web/language/label.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { useRecent } from './use-recent.ts';
import './recent-orders.css';

const MINUTE_STEPS = 60_000 / STEP_MS;
const MINUTES = STEPS / MINUTE_STEPS;

interface RecentOrdersProps {
  readonly dimension: Dimension;
  readonly totals: Counts | undefined;
}

/** The orders of the last minutes as lines, and each minute's as a table. */
export function RecentOrders({ dimension, totals }: RecentOrdersProps) {
  const { language, texts, format } = useSpeech();
  const title = useId();
  const { recent, now_ms } = useRecent(totals);
  const lines = useMemo<readonly Line[]>(
    () =>
      dimension.menu_types.map((menuType) => ({
        name: menuType.name,
        label: labelOf(menuType, language),
        color: menuType.color,
        values: recentLine(recent, menuType.name, now_ms),
      })),
    [dimension, language, recent, now_ms],
  );
  const parts = lines.map(({ label, values }) => `${label} ${format.number(sum(values))}`).join(', ');
  return (
    <section className="recent-orders" aria-labelledby={title}>
      <h2 id={title}>{texts.recent.title(MINUTES)}</h2>
      <p className="quiet note">{texts.recent.lede(STEP_MS / 1_000)}</p>
      <Lines lines={lines} name={texts.recent.chart(MINUTES, parts)} ends={[texts.recent.ago(MINUTES), texts.recent.now]} />
      <details>
        <summary>{texts.days.asTable}</summary>
        <table>
          <caption className="unseen">{texts.recent.caption}</caption>
          <thead>
            <tr>
              <th scope="col">{texts.recent.minute}</th>
              {lines.map(({ name, label }) => (
                <th scope="col" key={name}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: MINUTES }, (_, index) => MINUTES - index).map((minute) => (
              <tr key={minute}>
                <th scope="row">{texts.recent.ago(minute)}</th>
                {lines.map(({ name, values }) => (
                  <td key={name}>{ofMinute(values, minute, format.number)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}

function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

/** @param minute 1 is the minute that ends now */
function ofMinute(values: readonly (number | null)[], minute: number, shown: (value: number) => string): string {
  const from = STEPS - minute * MINUTE_STEPS;
  const steps = values.slice(from, from + MINUTE_STEPS);
  return steps.every((value) => value === null) ? '–' : shown(sum(steps));
}
