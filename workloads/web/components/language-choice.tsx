import { LANGUAGES } from '#workloads/web/language/choice.ts';
import { nameOf, useSpeech } from '#workloads/web/language/language.tsx';

export function LanguageChoice() {
  const { language, speak, texts } = useSpeech();
  return (
    <fieldset className="language-choice">
      <legend className="unseen">{texts.chooseLanguage}</legend>
      {LANGUAGES.map((one) => (
        <button key={one} type="button" lang={one} aria-pressed={one === language} onClick={() => speak(one)}>
          {nameOf(one)}
        </button>
      ))}
    </fieldset>
  );
}
