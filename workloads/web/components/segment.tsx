import { useId } from 'react';
import { Swatch } from '#workloads/web/chart/swatch.tsx';
import type { Slice } from '#workloads/web/figures/slices.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { Download } from './download.tsx';
import { Members } from './members.tsx';

interface SegmentProps {
  /** The people in the segment; undefined: not known yet. */
  readonly slice: Omit<Slice, 'count'> & { readonly count: number | undefined };
  /** Shows only users whose id begins so. */
  readonly prefix: string;
}

/** One segment: how many people, and who. */
export function Segment({ slice, prefix }: SegmentProps) {
  const { texts, format } = useSpeech();
  const title = useId();
  const { name, label, color, count, ratio } = slice;
  return (
    <section className="segment" aria-labelledby={title} data-segment={name}>
      <header>
        <h3 id={title}>
          <Swatch color={color} /> {texts.people.segment(label)}
        </h3>
        <p className="segment-people">
          <strong>{count === undefined ? '–' : texts.people.count(count, format.number(count))}</strong>
          {count ? <span className="quiet">{format.ratio(ratio)}</span> : null}
        </p>
        <Download segment={name} label={label} prefix={prefix} />
      </header>
      <Members segment={name} label={label} prefix={prefix} count={count} />
    </section>
  );
}
