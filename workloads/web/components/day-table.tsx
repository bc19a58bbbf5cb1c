import type { Dimension } from '#workloads/web/api/types.ts';
import type { Slice } from '#workloads/web/figures/slices.ts';
import { labelOf } from '#workloads/web/language/label.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';

interface DayTableProps {
  readonly days: readonly { readonly day: string; readonly slices: readonly Slice[] | undefined }[];
  readonly dimension: Dimension;
  readonly caption: string;
}

/** The figures of the small pies, folded away for those who see the pies. */
export function DayTable({ days, dimension, caption }: DayTableProps) {
  const { language, texts, format } = useSpeech();
  return (
    <details className="day-table">
      <summary>{texts.days.asTable}</summary>
      <table>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.days.day}</th>
            {dimension.menu_types.map((menuType) => (
              <th key={menuType.name} scope="col">
                {labelOf(menuType, language)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map(({ day, slices }) => (
            <tr key={day}>
              <th scope="row">{format.day(day)}</th>
              {dimension.menu_types.map(({ name }) => {
                const slice = slices?.find((one) => one.name === name);
                return <td key={name}>{slice ? `${format.number(slice.count)} (${format.ratio(slice.ratio)})` : '–'}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
