import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const FILE_LINES_MAX = 400;

interface Ban {
  readonly pattern: RegExp;
  readonly instead: string;
  /** Where it is allowed: its one place. */
  readonly except?: RegExp;
}

/** Calls that have one place, and what to use elsewhere. */
const BANS: readonly Ban[] = [
  {
    pattern: /\bDate\.now\(/,
    instead: 'take a Clock (platform/clock/clock.ts)',
    except: /^(platform\/clock\/clock\.ts|workloads\/web\/|loadtest\/)/,
  },
  {
    pattern: /\bperformance\.now\(/,
    instead: 'take a Clock (platform/clock/clock.ts)',
    except: /^(platform\/clock\/clock\.ts|workloads\/web\/|loadtest\/)/,
  },
  { pattern: /\bnew Date\(\)/, instead: 'take a Clock (platform/clock/clock.ts)', except: /^workloads\/web\// },
  {
    pattern: /\bMath\.random\(/,
    instead: 'a seeded generator (platform/random), or randomUUID for names',
    except: /^(workloads\/web\/|loadtest\/)/,
  },
  { pattern: /\bconsole\.(log|error|warn|info)\(/, instead: 'pino, or process.stdout in a command', except: /^(loadtest|tools)\// },
  { pattern: /\b(TODO|FIXME|XXX|HACK)\b/, instead: 'do it, or open an issue' },
  { pattern: /\bas unknown as\b/, instead: 'a type that is true' },
  { pattern: /@ts-(ignore|nocheck)|biome-ignore/, instead: 'code that needs no exception' },
  { pattern: /\b(it|test|describe)\.(only|todo)\(/, instead: 'a test that runs' },
  {
    pattern: /^(export )?const [a-z]\w*(: [^=]+)? = ['"`\d-]/,
    instead: 'UPPER_CASE: it is fixed for the whole module',
  },
  { pattern: /\bsetInterval\(/, instead: 'a loop over Clock.sleep that can be stopped', except: /^workloads\/web\// },
];

const sources = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.ts', '*.tsx', '*.sh', '*.cql', '*.css'],
  { encoding: 'utf8' },
)
  .split('\n')
  .filter((path) => path !== '');

const THIS_FILE = 'tools/house-rules/tidy.test.ts';

describe('tidy', () => {
  it('sees the sources', () => {
    expect(sources).toContain('platform/fold/fold.ts');
  });

  it(`no file is longer than ${FILE_LINES_MAX} lines`, () => {
    const long = sources.filter((path) => readFileSync(path, 'utf8').split('\n').length > FILE_LINES_MAX + 1);
    expect(long).toEqual([]);
  });

  it('banned calls stand in their one place only', () => {
    const found = sources
      .filter((path) => path !== THIS_FILE)
      .flatMap((path) =>
        readFileSync(path, 'utf8')
          .split('\n')
          .flatMap((line, index) =>
            BANS.filter(({ pattern, except }) => pattern.test(line) && !except?.test(path)).map(
              ({ instead }) => `${path}:${index + 1} ${line.trim()} → ${instead}`,
            ),
          ),
      );
    expect(found).toEqual([]);
  });
});
