import type { Dimension } from '#workloads/web/api/types.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { Swatch } from './swatch.tsx';
import './legend.css';

/** Which colour is which menu type. */
export function Legend({ dimension }: { readonly dimension: Dimension }) {
  const { language } = useSpeech();
  return (
    <ul className="legend">
      {dimension.menu_types.map(({ name, labels, color }) => (
        <li key={name}>
          <Swatch color={color} /> {labels[language]}
        </li>
      ))}
    </ul>
  );
}
