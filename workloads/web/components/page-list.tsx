import { useSpeech } from '#workloads/web/language/language.tsx';
import { useTitle } from './page.tsx';
import './page-list.css';

/** Where everything is. */
export function PageList() {
  const { texts } = useSpeech();
  const pages = [
    { address: './cuisine.html', title: texts.index.cuisine, lede: texts.index.cuisineLede },
    { address: './snack.html', title: texts.index.snack, lede: texts.index.snackLede },
    { address: './live.html', title: texts.index.live, lede: texts.index.liveLede },
    { address: './docs', title: texts.index.docs, lede: texts.index.docsLede },
  ];
  useTitle(texts.pages);
  return (
    <>
      <h1>{texts.index.title}</h1>
      <p className="lede">{texts.index.lede}</p>
      <ul className="page-list">
        {pages.map(({ address, title, lede }) => (
          <li key={address}>
            <a href={address}>{title}</a>
            <p className="quiet">{lede}</p>
          </li>
        ))}
      </ul>
    </>
  );
}
