import type { Dimension } from '#workloads/web/api/types.ts';
import { labelOf } from '#workloads/web/language/label.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { Swatch } from './swatch.tsx';
import './legend.css';

/** Which colour is which menu type. */
export function Legend({ dimension }: { readonly dimension: Dimension }) {
  const { language } = useSpeech();
  return (
    <ul className="legend">
      {dimension.menu_types.map((menuType) => (
        <li key={menuType.name}>
          <Swatch color={menuType.color} /> {labelOf(menuType, language)}
        </li>
      ))}
    </ul>
  );
}
