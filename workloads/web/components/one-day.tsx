import { useMemo } from 'react';
import type { Dimension } from '#workloads/web/api/types.ts';
import { dayFigures } from '#workloads/web/figures/day-figures.ts';
import { type Counts, slicesOf } from '#workloads/web/figures/slices.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { useLive } from '#workloads/web/live/use-live.ts';
import { Figures } from './figures.tsx';
import { Trouble } from './trouble.tsx';

interface OneDayProps {
  readonly dimension: Dimension;
  readonly day: string;
  /** Given for today, whose figures are live already; its orders are undefined until they are known. */
  readonly ofToday: { readonly orders: Counts | undefined } | undefined;
}

export function OneDay({ dimension, day, ofToday }: OneDayProps) {
  return ofToday ? (
    <DayFigures dimension={dimension} day={day} orders={ofToday.orders} soFar />
  ) : (
    <PastDay key={day} dimension={dimension} day={day} />
  );
}

function PastDay({ dimension, day }: { readonly dimension: Dimension; readonly day: string }) {
  const { value, problem } = useLive(useMemo(() => dayFigures(dimension.name, day), [dimension.name, day]));
  if (problem && !value) return <Trouble problem={problem} />;
  return <DayFigures dimension={dimension} day={day} orders={value} soFar={false} />;
}

interface DayFiguresProps {
  readonly dimension: Dimension;
  readonly day: string;
  readonly orders: Counts | undefined;
  readonly soFar: boolean;
}

function DayFigures({ dimension, day, orders, soFar }: DayFiguresProps) {
  const { language, texts, format } = useSpeech();
  const named = format.day(day);
  const slices = orders && slicesOf(dimension, orders, language);
  return (
    <Figures
      slices={slices}
      caption={texts.days.caption(named)}
      nameOf={(parts) => texts.days.chart(named, parts)}
      emptyName={slices ? texts.days.chartEmpty(named) : texts.loading}
      size="medium"
    >
      <h3>
        {named} {soFar && <span className="so-far">{texts.days.soFar}</span>}
      </h3>
    </Figures>
  );
}
