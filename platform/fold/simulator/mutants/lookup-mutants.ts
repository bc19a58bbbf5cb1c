/** Mutants of the lookup of rows beside a page. */
import { smallOrders } from '../small/orders.ts';
import type { Mutant } from './mutant.ts';

export const lookupMutants: readonly Mutant[] = [
  {
    name: 'lookup-ahead',
    pipeline: smallOrders,
    breaks: 'an event finds rows that later events completed',
    patches: [{ file: 'lookup.ts', from: 'row && row.offset < offset;', to: 'row;' }],
  },
  {
    name: 'lookup-in-memory-only',
    pipeline: smallOrders,
    breaks: 'an event finds only the rows that events of its own batch completed',
    patches: [{ file: 'lookup.ts', from: 'rows.push(...page.rows);', to: '' }],
  },
  {
    name: 'lookup-without-the-batch',
    pipeline: smallOrders,
    breaks: 'an event does not find the rows that earlier events of its batch completed',
    patches: [{ file: 'fold-event.ts', from: 'lookups?.complete(effects.rows);', to: '' }],
  },
  {
    name: 'completed-rows-after-pages',
    pipeline: smallOrders,
    breaks: 'the rows that events completed are written after the pages',
    patches: [
      { file: 'flush.ts', from: ', ...batch.completed];', to: '];' },
      {
        file: 'flush.ts',
        from: '  complete?.written();\n',
        to: "  complete?.written();\n  if (batch.completed.length > 0) await persist(context, memory, 'rows', () => tables.write(batch.completed));\n",
      },
    ],
  },
];
