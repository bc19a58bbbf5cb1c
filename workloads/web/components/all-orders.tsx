import type { ReactNode } from 'react';
import type { Dimension } from '#workloads/web/api/types.ts';
import type { LiveFigures } from '#workloads/web/figures/live-figures.ts';
import { leaderOf, type Slice, slicesOf, sumOf } from '#workloads/web/figures/slices.ts';
import type { Texts } from '#workloads/web/language/english.ts';
import type { Format } from '#workloads/web/language/format.ts';
import { labelOf } from '#workloads/web/language/label.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import type { Live } from '#workloads/web/live/use-live.ts';
import { Figures } from './figures.tsx';
import { LiveState } from './live-state.tsx';
import { useTitle } from './page.tsx';
import { Trouble } from './trouble.tsx';
import './all-orders.css';

/** More menu types than that do not fit into one question. */
const ASKED_MAX = 3;

function answer(slices: readonly Slice[], texts: Texts, format: Format): string {
  const sum = sumOf(slices);
  const leader = leaderOf(slices);
  const orders = texts.totals.count(sum, format.number(sum));
  if (sum === 0) return texts.totals.none;
  return leader ? texts.totals.leads(leader.label, format.ratio(leader.ratio), orders) : texts.totals.level(orders);
}

interface AllOrdersProps {
  readonly dimension: Dimension;
  readonly live: Live<LiveFigures>;
  readonly timeZone: string;
  /** What the person can do about it; without it, how to send the first order is said. */
  readonly children?: ReactNode;
}

/** What has been ordered over all time: the question that the page asks, and its answer of this moment. */
export function AllOrders({ dimension, live, timeZone, children }: AllOrdersProps) {
  const { language, texts, format } = useSpeech();
  const labels = dimension.menu_types.map((menuType) => labelOf(menuType, language));
  const title = labels.length > ASKED_MAX ? labelOf(dimension, language) : texts.totals.question(labels);
  useTitle(title);

  const slices = live.value && slicesOf(dimension, live.value.orders, language);
  const empty = slices && sumOf(slices) === 0;
  const heading = (
    <>
      <LiveState live={live} timeZone={timeZone} />
      <h1>{title}</h1>
      {slices && <p className="lede">{answer(slices, texts, format)}</p>}
      {children}
      {empty && !children && <FirstOrder menuType={dimension.menu_types[0]?.name ?? ''} />}
    </>
  );
  return (
    <section className="all-orders">
      {live.problem && !slices ? (
        <>
          {heading}
          <Trouble problem={live.problem} />
        </>
      ) : (
        <Figures
          slices={slices}
          caption={texts.totals.caption}
          nameOf={texts.totals.chart}
          emptyName={slices ? texts.totals.chartEmpty : texts.loading}
          size="large"
        >
          {heading}
        </Figures>
      )}
    </section>
  );
}

/** How to send the first order, for whoever has just started the program. */
function FirstOrder({ menuType }: { readonly menuType: string }) {
  const { texts } = useSpeech();
  const command = [
    `curl ${location.origin}/api/log`,
    `-H 'Content-Type: application/json'`,
    `-d '{"user_id":"u1","timestamp":"'$(date -u +%FT%TZ)'","menu_type":"${menuType}"}'`,
  ].join(' \\\n  ');
  return (
    <div className="first-order">
      <p className="quiet">{texts.totals.noneHint}</p>
      <pre>{command}</pre>
    </div>
  );
}
