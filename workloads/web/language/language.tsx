import { createContext, type ReactNode, use, useLayoutEffect, useMemo, useState } from 'react';
import { type Language, localeOf, rememberedLanguage, rememberLanguage } from './choice.ts';
import { english, type Texts } from './english.ts';
import { type Format, formatFor } from './format.ts';
import { japanese } from './japanese.ts';

const TEXTS: Readonly<Record<Language, Texts>> = { en: english, ja: japanese };

interface Speech {
  readonly language: Language;
  readonly texts: Texts;
  readonly format: Format;
  speak(language: Language): void;
}

const SpeechContext = createContext<Speech | undefined>(undefined);

/** Lets everything inside speak the chosen language, and says so to the browser (`lang`). */
export function Speaking({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(rememberedLanguage);
  const speech = useMemo<Speech>(
    () => ({
      language,
      texts: TEXTS[language],
      format: formatFor(localeOf(language, navigator.languages)),
      speak: (next) => {
        rememberLanguage(next);
        setLanguage(next);
      },
    }),
    [language],
  );
  useLayoutEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return <SpeechContext value={speech}>{children}</SpeechContext>;
}

/** The texts and formats of the chosen language. */
export function useSpeech(): Speech {
  const speech = use(SpeechContext);
  if (!speech) throw new Error('useSpeech needs <Speaking> around it');
  return speech;
}

/** How a text of a language is named in that language. */
export function nameOf(language: Language): string {
  return TEXTS[language].name;
}
