import { useId, useState } from 'react';
import type { Dimension } from '#workloads/web/api/types.ts';
import { inWords } from '#workloads/web/chart/in-words.ts';
import { ShareBar } from '#workloads/web/chart/share-bar.tsx';
import type { LiveFigures } from '#workloads/web/figures/live-figures.ts';
import { slicesOf, sumOf } from '#workloads/web/figures/slices.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { Segment } from './segment.tsx';
import { useSettled } from './use-settled.ts';
import './people.css';

const SEARCH_PAUSE_MS = 250;
const ID_CHARACTERS_MAX = 128;

/** People per segment, and who they are. */
export function People({ dimension, live }: { readonly dimension: Dimension; readonly live: LiveFigures | undefined }) {
  const { language, texts, format } = useSpeech();
  const id = useId();
  const [typed, type] = useState('');
  const prefix = useSettled(typed, SEARCH_PAUSE_MS);
  const slices = slicesOf(dimension, live?.people ?? new Map(), language);
  const anybody = sumOf(slices) > 0;
  return (
    <section className="people" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{texts.people.title}</h2>
      <p className="quiet lede">{texts.people.lede}</p>
      <ShareBar slices={slices} name={anybody ? texts.people.chart(inWords(slices, format)) : texts.people.chartEmpty} />
      <search className="people-search">
        <label htmlFor={id}>{texts.people.search}</label>
        <input
          id={id}
          type="search"
          maxLength={ID_CHARACTERS_MAX}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder={texts.people.searchHint}
          value={typed}
          onChange={(event) => type(event.target.value)}
        />
      </search>
      <div className="segments">
        {slices.map((slice) => (
          <Segment key={slice.name} slice={live ? slice : { ...slice, count: undefined }} prefix={prefix} />
        ))}
      </div>
    </section>
  );
}
