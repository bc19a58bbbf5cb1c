import type { CSSProperties } from 'react';
import type { Dimension } from '#workloads/web/api/types.ts';
import { Swatch } from '#workloads/web/chart/swatch.tsx';
import type { Counts } from '#workloads/web/figures/slices.ts';
import type { Texts } from '#workloads/web/language/english.ts';
import { labelOf } from '#workloads/web/language/label.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import type { OwnOrders, Said } from '#workloads/web/shop/use-outbox.ts';
import { KeyForm, useKeyState } from './key-form.tsx';
import './buy.css';

/** Where no ingest is behind the page's address. */
const NOTHING_THERE = 404;

interface BuyProps {
  readonly dimension: Dimension;
  readonly own: OwnOrders;
  /** The live totals: what an order is added to. */
  readonly live: Counts;
}

/** A button for each menu type, and what became of the last order. */
export function Buy({ dimension, own, live }: BuyProps) {
  const { language, texts } = useSpeech();
  const key = useKeyState('ingest');
  const labels = new Map(dimension.menu_types.map((menuType) => [menuType.name, labelOf(menuType, language)]));
  return (
    <div className="buy">
      <div className="buy-buttons">
        {dimension.menu_types.map(({ name, color }) => {
          const style: CSSProperties & { '--segment-color': string } = { '--segment-color': color };
          return (
            <button key={name} type="button" className="buy-button" style={style} onClick={() => own.buy(name, live)}>
              <Swatch color={color} /> {texts.shop.buy(labels.get(name) ?? name)}
            </button>
          );
        })}
      </div>
      {key !== 'accepted' && <KeyForm keyRole="ingest" />}
      <p className="buy-said note" role="status">
        {key === 'accepted' && own.said && words(own.said, texts, (name) => labels.get(name) ?? name)}{' '}
        {own.waiting > 0 && texts.shop.waiting(own.waiting)} {own.areFleeting && texts.shop.fleeting}
      </p>
    </div>
  );
}

function words(said: Said, texts: Texts, labelled: (menuType: string) => string): string {
  if (said.kind === 'full') return texts.shop.full;
  const label = labelled(said.menuType);
  if (said.kind !== 'refused') return texts.shop[said.kind](label);
  const { problem } = said;
  if (problem.kind !== 'answered') return texts.shop.refused(label, '');
  return texts.shop.refused(label, problem.status === NOTHING_THERE ? texts.shop.noIngest : (problem.detail ?? String(problem.status)));
}
