import { type ReactNode, useId, useSyncExternalStore } from 'react';
import { type KeyRole, type KeyState, keyState, onKeyState, storeKey } from '#workloads/web/api/key.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { wake } from '#workloads/web/live/presence.ts';
import './key-form.css';

/** What the server has said of the key of a role. */
export function useKeyState(role: KeyRole): KeyState {
  return useSyncExternalStore(onKeyState, () => keyState(role));
}

interface KeyFormProps {
  readonly keyRole: KeyRole;
  /** What stands above it. */
  readonly children?: ReactNode;
}

/** Asks for the key of a role, and says when the last one was not accepted. */
export function KeyForm({ keyRole, children }: KeyFormProps) {
  const { texts } = useSpeech();
  const refused = useKeyState(keyRole) === 'refused';
  const id = useId();
  return (
    <form
      className="key-form"
      action={(fields) => {
        const key = String(fields.get('key')).trim();
        if (key === '') return;
        storeKey(keyRole, key);
        wake();
      }}
    >
      {children}
      <p className="quiet" id={`${id}-hint`}>
        {texts.key.lede[keyRole]}
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
