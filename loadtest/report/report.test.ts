import { expect, it } from 'vitest';
import { htmlOf } from './html.ts';
import { reporter, reportOf } from './report.ts';
import type { SummaryData } from './summary-data.ts';
import { textOf } from './text.ts';

const count = (value: number, ok?: boolean) => ({
  type: 'counter' as const,
  contains: 'default',
  values: { count: value, rate: value / 10 },
  ...(ok !== undefined && { thresholds: { 'count==0': { ok } } }),
});

const DATA: SummaryData = {
  state: { testRunDurationMs: 10_000 },
  setup_data: { name: 'load-<x>', seed: 7 },
  metrics: {
    orders_accepted: count(2_000),
    orders_lost: count(1, false),
    orders_unknown: count(0, true),
    'http_req_duration{what:orders}': {
      type: 'trend',
      contains: 'time',
      values: { med: 1.234, 'p(95)': 12.34, 'p(99)': 123.4, max: 1_234.5 },
    },
  },
};

it('has failed when one threshold is broken, whatever the others say', () => {
  const report = reportOf('orders', 'steady', DATA);
  expect(report).toMatchObject({ passed: false, run: 'load-<x>', seed: 7, duration_s: 10 });
  expect(report.verdicts).toEqual([
    { metric: 'orders_lost', threshold: 'count==0', ok: false },
    { metric: 'orders_unknown', threshold: 'count==0', ok: true },
  ]);
  const kept = { ...DATA, metrics: { ...DATA.metrics, orders_lost: count(0, true) } };
  expect(reportOf('orders', 'steady', kept).passed).toBe(true);
});

it('says the same as text, as HTML that needs nothing else, and as JSON', () => {
  const report = reportOf('orders', 'steady', DATA);
  const text = textOf(report);
  expect(text).toContain('FAILED after 10.0 s');
  expect(text).toContain('✗ orders_lost: count==0');
  expect(text).toContain('median 1.23, p95 12.3, p99 123, most 1235');
  const html = htmlOf(report);
  expect(html).toContain('load-&lt;x&gt;');
  expect(html).toContain('<td class="broken">broken<td>orders_lost');
  expect(html).not.toMatch(/(src|href)=|url\(|@import/);
  const files = reporter('orders', 'steady', { REPORT: '/tmp/run', SUMMARY: 'json' })(DATA);
  expect(Object.keys(files)).toEqual(['stdout', '/tmp/run.json', '/tmp/run.html']);
  expect(JSON.parse(files.stdout ?? '')).toEqual(report);
  expect(Object.keys(reporter('orders', 'steady', {})(DATA))).toEqual(['stdout']);
});

it('refuses a form that there is not', () => {
  expect(() => reporter('orders', 'steady', { SUMMARY: 'xml' })).toThrow('SUMMARY is "xml" but must be one of text, json');
});
