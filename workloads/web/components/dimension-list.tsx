import { labelOf } from '#workloads/web/language/label.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { useTitle } from './page.tsx';
import { WithMenu } from './with-menu.tsx';
import './page-list.css';

/** The dimensions of the menu, each with its live page. */
export function DimensionList() {
  const { language, texts } = useSpeech();
  useTitle(texts.index.live);
  return (
    <WithMenu>
      {(menu) => (
        <>
          <h1>{texts.index.live}</h1>
          <ul className="page-list">
            {menu.dimensions.map((dimension) => (
              <li key={dimension.name}>
                <a href={`./live.html?dimension=${dimension.name}`}>{labelOf(dimension, language)}</a>
                <p className="quiet">{dimension.menu_types.map((menuType) => labelOf(menuType, language)).join(' · ')}</p>
              </li>
            ))}
          </ul>
        </>
      )}
    </WithMenu>
  );
}
