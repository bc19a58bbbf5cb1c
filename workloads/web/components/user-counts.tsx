import type { Dimension, UserHistory } from '#workloads/web/api/types.ts';
import { inWords } from '#workloads/web/chart/in-words.ts';
import { ShareBar } from '#workloads/web/chart/share-bar.tsx';
import { Swatch } from '#workloads/web/chart/swatch.tsx';
import { slicesOf } from '#workloads/web/figures/slices.ts';
import { labelOf } from '#workloads/web/language/label.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';

/** A user's counts in one dimension, and the segment that follows from them; nothing where they have ordered nothing of it. */
export function UserCounts({ dimension, history }: { readonly dimension: Dimension; readonly history: UserHistory }) {
  const { language, texts, format } = useSpeech();
  const slices = slicesOf(dimension, new Map(Object.entries(history.counts)), language);
  const segment = slices.find((slice) => slice.name === history.segments[dimension.name]);
  if (!segment) return null;
  const label = labelOf(dimension, language);
  return (
    <section className="user-counts" data-dimension={dimension.name}>
      <h3>
        <span className="quiet">{label}</span> {texts.user.prefers(segment.label)}
      </h3>
      <ShareBar slices={slices} name={texts.user.chart(label, inWords(slices, format))} />
      <dl>
        {slices.map((slice) => (
          <div key={slice.name}>
            <dt>
              <Swatch color={slice.color} /> {slice.label}
            </dt>
            <dd>{format.number(slice.count)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
