import { expect, it } from 'vitest';
import { acceptsGzip, prefers } from './offers.ts';

it('an answer may be compressed where gzip is offered, by its name before all others', () => {
  for (const header of ['gzip', 'GZIP', 'br, gzip', 'gzip;q=0.5', 'gzip ; q=1', '*', 'br;q=1.0, *;q=0.1', 'deflate, gzip;q=0.001']) {
    expect(acceptsGzip(header), header).toBe(true);
  }
  for (const header of ['', 'identity', 'br', 'gzip;q=0', 'gzip;q=0.000', '*;q=0', '*, gzip;q=0', 'xgzip', 'gzipx', 'gzi', ';gzip']) {
    expect(acceptsGzip(header), header).toBe(false);
  }
});

it('a type is preferred by weight, then by how closely it is meant, then by its place', () => {
  const prefersCsv = (header: string) => prefers(header, 'text/csv', 'application/json');
  for (const header of [
    'text/csv',
    'Text/CSV',
    'text/*',
    'text/csv, */*',
    'application/json;q=0.5, text/csv',
    'text/csv, application/json',
    'text/csv;header=present;q=0.9, application/json;q=0.8',
    'application/json;q=0, */*',
  ]) {
    expect(prefersCsv(header), header).toBe(true);
  }
  for (const header of [
    '',
    '*/*',
    'application/json',
    'application/json, text/csv',
    'text/csv;q=0.5, */*',
    'text/csv;q=0',
    'text/html',
    'text/csvx',
    'application/json, text/*',
  ]) {
    expect(prefersCsv(header), header).toBe(false);
  }
});
