import type { Labels } from '#workloads/web/api/types.ts';
import type { Language } from './choice.ts';

/** What something of the menu is called: in the language, else in English, else by its name. A menu need not speak every language. */
export function labelOf(thing: { readonly name: string; readonly labels: Labels }, language: Language): string {
  return thing.labels[language] ?? thing.labels.en ?? thing.name;
}
