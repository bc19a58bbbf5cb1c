import { type ReactNode, useId } from 'react';
import { addDays } from '#platform/clock/day.ts';
import { type ChosenDays, dayWithin, lastDays, rangeFrom, rangeTo } from '#workloads/web/figures/chosen-days.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import './day-choice.css';

const SHORTCUTS_DAYS = [7, 30];

interface DayChoiceProps {
  readonly days: ChosenDays;
  /** The last day of the range that has orders, where that is known. */
  readonly lastOrdered: string | undefined;
  readonly today: string;
  readonly choose: (days: ChosenDays) => void;
}

export function DayChoice({ days, lastOrdered, today, choose }: DayChoiceProps) {
  const { texts } = useSpeech();
  const last = days.kind === 'day' ? days.day : days.to;
  return (
    <div className="day-choice">
      <fieldset className="either">
        <legend className="unseen">{texts.days.mode}</legend>
        <Either chosen={days.kind === 'range'} choose={() => choose(rangeTo(addDays(last, -6), last))}>
          {texts.days.range}
        </Either>
        <Either
          chosen={days.kind === 'day'}
          choose={() => choose({ kind: 'day', day: days.kind === 'range' ? (lastOrdered ?? last) : last })}
        >
          {texts.days.oneDay}
        </Either>
      </fieldset>
      {days.kind === 'day' ? <DayFields {...{ day: days.day, today, choose }} /> : <RangeFields {...{ ...days, today, choose }} />}
    </div>
  );
}

function DayFields({ day, today, choose }: { readonly day: string; readonly today: string; readonly choose: (days: ChosenDays) => void }) {
  const { texts } = useSpeech();
  const show = (next: string) => choose({ kind: 'day', day: next });
  return (
    <div className="day-fields">
      <button type="button" className="button" aria-label={texts.days.before} onClick={() => show(addDays(day, -1))}>
        ←
      </button>
      <DayField label={texts.days.day} day={day} today={today} change={show} />
      <button type="button" className="button" aria-label={texts.days.after} disabled={day >= today} onClick={() => show(addDays(day, 1))}>
        →
      </button>
      <button type="button" className="button" disabled={day === today} onClick={() => show(today)}>
        {texts.days.today}
      </button>
    </div>
  );
}

interface RangeFieldsProps {
  readonly from: string;
  readonly to: string;
  readonly today: string;
  readonly choose: (days: ChosenDays) => void;
}

function RangeFields({ from, to, today, choose }: RangeFieldsProps) {
  const { texts } = useSpeech();
  return (
    <>
      <div className="day-fields">
        <DayField label={texts.days.from} day={from} today={today} change={(day) => choose(rangeFrom(day, to))} />
        <DayField label={texts.days.to} day={to} today={today} change={(day) => choose(rangeTo(from, day))} />
      </div>
      <div className="day-shortcuts">
        {SHORTCUTS_DAYS.map((count) => (
          <button key={count} type="button" className="button" onClick={() => choose(lastDays(today, count))}>
            {texts.days.last(count)}
          </button>
        ))}
      </div>
    </>
  );
}

interface DayFieldProps {
  readonly label: string;
  readonly day: string;
  readonly today: string;
  readonly change: (day: string) => void;
}

function DayField({ label, day, today, change }: DayFieldProps) {
  const id = useId();
  return (
    <span className="day-field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="date"
        required
        max={today}
        value={day}
        onChange={(event) => {
          const next = dayWithin(event.target.value, today);
          if (next !== undefined) change(next);
        }}
      />
    </span>
  );
}

function Either({ chosen, choose, children }: { readonly chosen: boolean; readonly choose: () => void; readonly children: ReactNode }) {
  return (
    <button type="button" aria-pressed={chosen} onClick={choose}>
      {children}
    </button>
  );
}
