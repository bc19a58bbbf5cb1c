import { type ReactNode, useLayoutEffect, useRef } from 'react';
import type { Menu } from '#workloads/web/api/types.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';
import { leaveUser, useAddressedUser } from './user-address.ts';
import { UserHistory } from './user-history.tsx';
import './user-dialog.css';

/** The history of the user whom the page's address names. */
export function UserDialog({ menu }: { readonly menu: Menu }) {
  const { texts } = useSpeech();
  const userId = useAddressedUser();
  if (userId === undefined) return null;
  return (
    <Sheet title={userId} kind={texts.user.kind} key={userId}>
      <UserHistory userId={userId} menu={menu} />
    </Sheet>
  );
}

/** A modal dialog at the edge of the page. Closing it by whatever means leaves the user's address. */
function Sheet({ title, kind, children }: { readonly title: string; readonly kind: string; readonly children: ReactNode }) {
  const { texts } = useSpeech();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    // Closed before it is taken away, so that the browser puts the focus back where it was.
    return () => shown?.close();
  }, []);
  return (
    <dialog ref={dialog} className="sheet" aria-labelledby="sheet-title" closedby="any" onClose={leaveUser}>
      <div className="sheet-content">
        <header>
          <h2 id="sheet-title">
            <span className="quiet">{kind}</span>
            {title}
          </h2>
          <button type="button" className="button" onClick={leaveUser}>
            {texts.user.close}
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
