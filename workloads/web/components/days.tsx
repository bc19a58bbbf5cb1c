import { useId, useState } from 'react';
import type { Dimension } from '#workloads/web/api/types.ts';
import { type ChosenDays, lastDays, RANGE_DAYS_MAX } from '#workloads/web/figures/chosen-days.ts';
import type { LiveFigures } from '#workloads/web/figures/live-figures.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { DayChoice } from './day-choice.tsx';
import { DayRange } from './day-range.tsx';
import { OneDay } from './one-day.tsx';
import './days.css';

const DAYS_AT_FIRST = 7;

interface DaysProps {
  readonly dimension: Dimension;
  readonly live: LiveFigures | undefined;
  readonly today: string;
  readonly timeZone: string;
}

/** A pie for the day, or for each day of the range, that the person chooses. */
export function Days({ dimension, live, today, timeZone }: DaysProps) {
  const { texts } = useSpeech();
  const title = useId();
  // Until something is chosen the range ends today, whichever day that becomes while the page is open.
  const [chosen, choose] = useState<ChosenDays>();
  const days = chosen ?? lastDays(today, DAYS_AT_FIRST);
  const [lastOrdered, setLastOrdered] = useState<string>();
  const ofToday = live?.today === today ? live.ordersToday : undefined;
  return (
    <section className="days" aria-labelledby={title}>
      <h2 id={title}>{texts.days.title}</h2>
      <DayChoice days={days} lastOrdered={lastOrdered} today={today} choose={choose} />
      {days.kind === 'day' ? (
        <OneDay dimension={dimension} day={days.day} ofToday={days.day === today ? { orders: ofToday } : undefined} />
      ) : (
        <DayRange
          dimension={dimension}
          from={days.from}
          to={days.to}
          today={today}
          ofToday={ofToday}
          open={(day) => choose({ kind: 'day', day })}
          tellLast={setLastOrdered}
        />
      )}
      <p className="quiet note">
        {texts.days.zone(timeZone)} {days.kind === 'range' && texts.days.atMost(RANGE_DAYS_MAX)}
      </p>
    </section>
  );
}
