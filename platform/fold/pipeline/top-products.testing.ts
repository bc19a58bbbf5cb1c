/** The join of the pipeline: the products of a shard of which most units were ever reserved. */
import { topOf } from '../shapes/top.ts';
import type { StockState } from './stock.testing.ts';

/** Products that are kept. */
export const TOP_PRODUCTS = 5;

export const topProducts = topOf<StockState>({ limit: TOP_PRODUCTS, figure: (_, { unitsReserved }) => unitsReserved || undefined });
