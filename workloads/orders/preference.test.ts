import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { preferenceAfter } from './preference.ts';

/** The definition, read literally from the whole history: the menu type ordered most; on a tie the user stays where they were. */
function naivePreference(history: readonly string[]): string | undefined {
  let segment: string | undefined;
  for (let end = 1; end <= history.length; end++) {
    const seen = history.slice(0, end);
    const most = Math.max(...seen.map((menuType) => seen.filter((other) => other === menuType).length));
    const best = [...new Set(seen)].filter((menuType) => seen.filter((other) => other === menuType).length === most);
    if (segment === undefined || !best.includes(segment)) segment = best[0];
  }
  return segment;
}

describe('preferenceAfter', () => {
  it('is what the whole history says, whatever the history', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('washoku', 'yoshoku', 'chuka'), { maxLength: 24 }), (history) => {
        const counts = new Map<string, number>();
        let segment: string | undefined;
        for (const menuType of history) {
          counts.set(menuType, (counts.get(menuType) ?? 0) + 1);
          segment = preferenceAfter(counts, segment, menuType);
        }
        expect(segment).toBe(naivePreference(history));
      }),
    );
  });

  it('stays on a tie and moves with one more', () => {
    expect(preferenceAfter(new Map([['washoku', 1]]), undefined, 'washoku')).toBe('washoku');
    const tie = new Map([
      ['washoku', 1],
      ['yoshoku', 1],
    ]);
    expect(preferenceAfter(tie, 'washoku', 'yoshoku')).toBe('washoku');
    expect(preferenceAfter(new Map(tie).set('yoshoku', 2), 'washoku', 'yoshoku')).toBe('yoshoku');
  });
});
