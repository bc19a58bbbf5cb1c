/** Which language the pages speak: the one chosen last, else the browser's, else English. */
import { browserValues } from '#workloads/web/browser/kept-values.ts';

export type Language = 'ja' | 'en';

export const LANGUAGES: readonly Language[] = ['ja', 'en'];

const STORED_AS = 'kaiseki.language';

function languageOf(tag: string): Language | undefined {
  return LANGUAGES.find((language) => tag.toLowerCase().split('-')[0] === language);
}

/** @param preferred the browser's languages, the most wanted first */
export function firstLanguage(stored: string | null, preferred: readonly string[]): Language {
  const known = [stored ?? '', ...preferred].map(languageOf).filter((language) => language !== undefined);
  return known[0] ?? 'en';
}

/** The locale of a language: the one that the browser prefers (`en-GB`), so that dates look as its user is used to. */
export function localeOf(language: Language, preferred: readonly string[]): string {
  return preferred.find((tag) => languageOf(tag) === language) ?? language;
}

export function rememberedLanguage(): Language {
  return firstLanguage(browserValues.get(STORED_AS), navigator.languages);
}

export function rememberLanguage(language: Language): void {
  browserValues.set(STORED_AS, language);
}
