import { useId } from 'react';
import { storeKey } from '#workloads/web/api/key.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import './key-form.css';

export function KeyForm({ refused }: { readonly refused: boolean }) {
  const { texts } = useSpeech();
  const id = useId();
  return (
    <form
      className="key-form"
      action={(fields) => {
        const key = String(fields.get('key')).trim();
        if (key !== '') storeKey(key);
      }}
    >
      <h1>{texts.key.title}</h1>
      <p className="quiet" id={`${id}-hint`}>
        {texts.key.lede}
      </p>
      <label htmlFor={id}>{texts.key.label}</label>
      <input
        id={id}
        name="key"
        type="password"
        autoComplete="off"
        required
        aria-invalid={refused}
        aria-describedby={refused ? `${id}-refused` : `${id}-hint`}
      />
      {refused && (
        <p role="alert" id={`${id}-refused`}>
          {texts.key.refused}
        </p>
      )}
      <button type="submit" className="button">
        {texts.key.submit}
      </button>
    </form>
  );
}
