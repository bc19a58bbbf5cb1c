import type { ReactNode } from 'react';
import { inWords } from '#workloads/web/chart/in-words.ts';
import { Pie } from '#workloads/web/chart/pie.tsx';
import { Swatch } from '#workloads/web/chart/swatch.tsx';
import { type Slice, sumOf } from '#workloads/web/figures/slices.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import './figures.css';

interface FiguresProps {
  /** Undefined: not known yet. */
  readonly slices: readonly Slice[] | undefined;
  readonly caption: string;
  /** The chart's name for its figures in words, and for no figures. */
  readonly nameOf: (parts: string) => string;
  readonly emptyName: string;
  readonly size: 'large' | 'medium';
  /** What stands above the figures. */
  readonly children: ReactNode;
}

/** A pie, the sum of it in its middle, and its figures with their heading beside it. */
export function Figures({ slices, caption, nameOf, emptyName, size, children }: FiguresProps) {
  const { texts, format } = useSpeech();
  const sum = slices && sumOf(slices);
  return (
    <div className="figures" data-size={size} aria-busy={slices === undefined}>
      <div className="figures-head">{children}</div>
      <div className="figures-pie">
        <Pie slices={slices ?? []} name={slices && sum ? nameOf(inWords(slices, format)) : emptyName} ring="thin" moves />
        <p className="figures-sum" aria-hidden="true">
          <strong>{sum === undefined ? '–' : format.number(sum)}</strong>
          {texts.totals.orders}
        </p>
      </div>
      <table>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.totals.menuType}</th>
            <th scope="col">{texts.totals.orders}</th>
            <th scope="col">{texts.totals.ratio}</th>
          </tr>
        </thead>
        <tbody>
          {slices?.map((slice) => (
            <tr key={slice.name} data-segment={slice.name}>
              <th scope="row">
                <Swatch color={slice.color} /> {slice.label}
              </th>
              <td>{format.number(slice.count)}</td>
              <td>{sum === 0 ? '–' : format.ratio(slice.ratio)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
