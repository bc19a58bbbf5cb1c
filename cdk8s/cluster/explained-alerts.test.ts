import { expect, it } from 'vitest';
import { ALERTS } from '../monitoring/rules.ts';
import { EXPLAINED_ALERTS } from './explained-alerts.testing.ts';

it.each(Object.keys(EXPLAINED_ALERTS))('%s is an alert, and one that waits before it fires', (name) => {
  expect(ALERTS.find((alert) => alert.name === name)?.for).toMatch(/^([5-9]|\d\d)m$/);
});
