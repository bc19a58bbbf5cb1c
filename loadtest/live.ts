/** Viewers that watch totals over WebSocket. `k6 run loadtest/live.ts`; settings: docs/how-to/load-test.md. */
import { liveTest } from './live/test.ts';

export const { options, setup, watch, handleSummary } = liveTest();
