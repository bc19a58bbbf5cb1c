import { useEffect, useMemo } from 'react';
import { daysBetween } from '#platform/clock/day.ts';
import type { Dimension } from '#workloads/web/api/types.ts';
import { Legend } from '#workloads/web/chart/legend.tsx';
import { lastOrdered } from '#workloads/web/figures/chosen-days.ts';
import { rangeFigures } from '#workloads/web/figures/day-figures.ts';
import { type Counts, slicesOf } from '#workloads/web/figures/slices.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { useLive } from '#workloads/web/live/use-live.ts';
import { DayPie } from './day-pie.tsx';
import { DayTable } from './day-table.tsx';
import { Trouble } from './trouble.tsx';

interface DayRangeProps {
  readonly dimension: Dimension;
  readonly from: string;
  readonly to: string;
  readonly today: string;
  /** Today's orders, live; undefined until they are known. */
  readonly ofToday: Counts | undefined;
  readonly open: (day: string) => void;
  /** Told the last day of the range that has orders, as soon as that is known. */
  readonly tellLast: (day: string | undefined) => void;
}

/** A small pie for each day from `from` to `to`. */
export function DayRange({ dimension, from, to, today, ofToday, open, tellLast }: DayRangeProps) {
  const { language, texts } = useSpeech();
  const source = useMemo(() => rangeFigures(dimension.name, from, to, today), [dimension.name, from, to, today]);
  const { value, settled, problem } = useLive(source);
  const days = useMemo(
    () =>
      daysBetween(from, to).map((day) => {
        const orders = day === today ? ofToday : value?.get(day);
        return { day, orders, slices: orders && slicesOf(dimension, orders, language) };
      }),
    [from, to, today, ofToday, value, dimension, language],
  );
  const last = useMemo(() => (settled ? lastOrdered(days) : undefined), [settled, days]);
  useEffect(() => tellLast(last), [tellLast, last]);
  if (problem && !settled) return <Trouble problem={problem} />;
  return (
    <>
      <Legend dimension={dimension} />
      <ol className="day-pies" aria-busy={!settled}>
        {days.map(({ day, slices }) => (
          <li key={day}>
            <DayPie day={day} slices={slices} soFar={day === today} open={() => open(day)} />
          </li>
        ))}
      </ol>
      <DayTable days={days} dimension={dimension} caption={texts.days.rangeCaption(from, to)} />
    </>
  );
}
