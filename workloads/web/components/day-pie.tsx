import { inWords } from '#workloads/web/chart/in-words.ts';
import { Pie } from '#workloads/web/chart/pie.tsx';
import { type Slice, sumOf } from '#workloads/web/figures/slices.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';

interface DayPieProps {
  readonly day: string;
  /** Undefined: not known yet. */
  readonly slices: readonly Slice[] | undefined;
  readonly soFar: boolean;
  readonly open: () => void;
}

/** One day among many: a small pie that leads to the day's own view. */
export function DayPie({ day, slices, soFar, open }: DayPieProps) {
  const { texts, format } = useSpeech();
  const sum = slices && sumOf(slices);
  const named = format.day(day);
  const chart =
    slices === undefined ? texts.loading : sum ? texts.days.chart(named, inWords(slices, format)) : texts.days.chartEmpty(named);
  return (
    <button type="button" className="day-pie" onClick={open} aria-label={texts.days.openDay(chart)} data-day={day}>
      <span className="day-pie-date">
        {format.shortDay(day)} <span className="quiet">{format.weekday(day)}</span>
      </span>
      <Pie slices={slices ?? []} name={chart} ring="thick" moves={false} />
      <span className="day-pie-sum">{sum === undefined ? '–' : format.number(sum)}</span>
      {soFar && <span className="so-far">{texts.days.soFar}</span>}
    </button>
  );
}
