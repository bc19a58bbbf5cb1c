import { describe, expect, it } from 'vitest';
import { DEFAULT_MENU, Menu, type MenuFile } from './menu.ts';
import { type PinnedSettings, pinOrders, readingProblem } from './pin.ts';

function settings(change: Partial<PinnedSettings> = {}, file: MenuFile = DEFAULT_MENU): PinnedSettings {
  return { menu: new Menu(file), layout: { shards: 12, buckets: 240 }, timeZone: 'Asia/Tokyo', ...change };
}

/** The default menu with its cuisine's and its snack's menu types given by name. */
function menuOf(cuisine: readonly string[], snack: readonly string[]): MenuFile {
  const names = [cuisine, snack];
  return {
    dimensions: DEFAULT_MENU.dimensions.map((dimension, index) => ({
      ...dimension,
      menu_types: (names[index] ?? []).map((name) => ({ name, labels: { en: name }, color: '#000000' })),
    })),
  };
}

function pinned(
  offset = 0,
  before: string | null = null,
  of: PinnedSettings = settings(),
): { fingerprint: string; counts: Record<string, number> } {
  const pinning = pinOrders(of, before, offset);
  if (!pinning.ok) throw new Error(pinning.problem);
  return { fingerprint: pinning.fingerprint, counts: Object.fromEntries(pinning.pin.countsFrom) };
}

function problem(of: PinnedSettings, before: string): string {
  const pinning = pinOrders(of, before, 50);
  return pinning.ok ? 'accepted' : pinning.problem;
}

describe('pinOrders', () => {
  it('lets everything on the menu count from the beginning at the first claim', () => {
    expect(pinned().counts).toEqual({ washoku: 0, yoshoku: 0, kinoko: 0, takenoko: 0 });
  });

  it('changes nothing when claimed again under the same settings', () => {
    const { fingerprint, counts } = pinned();
    expect(pinned(500, fingerprint)).toEqual({ fingerprint, counts });
  });

  it('lets an added menu type count from the offset at which the shard first knew it, for ever', () => {
    const more = settings({}, menuOf(['washoku', 'yoshoku', 'chuka'], ['kinoko', 'takenoko']));
    const added = pinned(70, pinned().fingerprint, more);
    expect(added.counts).toEqual({ washoku: 0, yoshoku: 0, chuka: 70, kinoko: 0, takenoko: 0 });
    expect(pinned(900, added.fingerprint, more)).toEqual(added);
  });

  it('does not mind another order, colours or labels', () => {
    const other = settings({}, menuOf(['yoshoku', 'washoku'], ['takenoko', 'kinoko']));
    expect(problem(other, pinned().fingerprint)).toBe('accepted');
  });

  it('refuses a menu type that was removed, moved or renamed, by its name', () => {
    const { fingerprint } = pinned();
    expect(problem(settings({}, menuOf(['washoku', 'chuka'], ['kinoko', 'takenoko'])), fingerprint)).toMatch(
      /yoshoku.*no longer has it; set KAISEKI_MENU back to a menu that has it there, and restart/,
    );
    const moved = settings({}, menuOf(['washoku', 'kinoko', 'takenoko'], ['yoshoku', 'suika']));
    expect(problem(moved, fingerprint)).toMatch(/yoshoku is pinned to the dimension cuisine.*has it in snack/);
  });

  it('refuses another time zone, number of shards or buckets, by the name of the setting', () => {
    const { fingerprint } = pinned();
    expect(problem(settings({ timeZone: 'UTC' }), fingerprint)).toMatch(/KAISEKI_TIME_ZONE.*Asia\/Tokyo.*UTC/);
    expect(problem(settings({ layout: { shards: 6, buckets: 240 } }), fingerprint)).toMatch(/KAISEKI_SHARDS.*12.*6/);
    expect(problem(settings({ layout: { shards: 12, buckets: 120 } }), fingerprint)).toMatch(/KAISEKI_BUCKETS.*240.*120/);
  });

  it('refuses another Unicode form of ids, and takes what was pinned before there was a choice', () => {
    const { fingerprint } = pinned();
    expect(fingerprint).not.toContain('normalize_ids');
    expect(problem(settings({ normalizeIds: 'NFC' }), fingerprint)).toMatch(/KAISEKI_NORMALIZE_IDS\) is pinned to none, but NFC is/);
    const inForm = pinned(0, null, settings({ normalizeIds: 'NFC' })).fingerprint;
    expect(problem(settings({ normalizeIds: 'NFC' }), inForm)).toBe('accepted');
    expect(problem(settings(), inForm)).toMatch(/KAISEKI_NORMALIZE_IDS\) is pinned to NFC, but none is configured; set it back/);
    expect(readingProblem(settings(), inForm)).toMatch(/KAISEKI_NORMALIZE_IDS/);
  });

  it('takes another name of the same time zone, and keeps the first', () => {
    const { fingerprint } = pinned(0, null, settings({ timeZone: 'Asia/Calcutta' }));
    expect(pinned(500, fingerprint, settings({ timeZone: 'Asia/Kolkata' })).fingerprint).toBe(fingerprint);
    expect(readingProblem(settings({ timeZone: 'Asia/Kolkata' }), fingerprint)).toBeUndefined();
    expect(problem(settings({ timeZone: 'Asia/Tokyo' }), fingerprint)).toMatch(/KAISEKI_TIME_ZONE.*Asia\/Calcutta.*Asia\/Tokyo/);
  });

  it('refuses rows of another format: those of a program from before there were two', () => {
    const { rows, ...before } = JSON.parse(pinned().fingerprint);
    expect(rows).toBe(6);
    expect(problem(settings(), JSON.stringify(before))).toMatch(
      /format of rows is 1, but this program's is 6; run the program that wrote it/,
    );
  });

  it('refuses what another program has pinned', () => {
    for (const pinned of ['{"time_zone":"UTC"}', 'not JSON']) expect(problem(settings(), pinned)).toMatch(/cannot be read/);
  });
});
