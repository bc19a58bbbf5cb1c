/** What is read, and how often. Pure: the number of a question decides it. */

/** What there is to ask about. */
export interface Known {
  readonly segments: readonly string[];
  /** Some who have ordered; none before the first order. */
  readonly users: readonly string[];
}

interface Question {
  readonly name: string;
  /** Of a hundred questions, so many are this one. */
  readonly share: number;
  /** @param number of the question, to choose by */
  path(known: Known, number: number): string;
}

export const QUESTIONS: readonly Question[] = [
  { name: 'totals', share: 40, path: () => '/api/totals' },
  { name: 'segments', share: 20, path: () => '/api/segments' },
  { name: 'segment-users', share: 10, path: ({ segments }, number) => `/api/segments/${pick(segments, number) ?? ''}/users?limit=100` },
  // Where nobody has ordered yet there is nobody to ask about.
  { name: 'user', share: 20, path: ({ users }, number) => (users.length === 0 ? '/api/totals' : userPath(pick(users, number) ?? '')) },
  { name: 'summaries', share: 10, path: () => '/api/summaries' },
];

/** Coprime with 100: all questions come mixed, in their shares within each hundred. */
const STRIDE = 37;

/** The `number`-th question of a run. */
export function questionAt(number: number, known: Known): { readonly name: string; readonly path: string } {
  let place = (number * STRIDE) % 100;
  for (const { name, share, path } of QUESTIONS) {
    if (place < share) return { name, path: path(known, number) };
    place -= share;
  }
  throw new Error('the shares of all questions must come to 100');
}

function pick(texts: readonly string[], number: number): string | undefined {
  return texts[number % texts.length];
}

function userPath(user: string): string {
  return `/api/users/${encodeURIComponent(user)}`;
}
