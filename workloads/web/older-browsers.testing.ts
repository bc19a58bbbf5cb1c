/** Browsers as they are: scripts that take from a new one what older ones, or careful people's, do not have. */

/** To be run before a page's own scripts: what is newer than the oldest supported browsers (browsers.ts) is gone. */
export function withoutNewNames(): void {
  const forget = (from: unknown, names: readonly (string | symbol)[]) => {
    if (typeof from !== 'object' && typeof from !== 'function') return;
    for (const name of names) if (from !== null) Reflect.deleteProperty(from, name);
  };
  forget(AbortSignal, ['any']);
  forget(Promise, ['withResolvers', 'try']);
  forget(Object, ['groupBy']);
  forget(Map, ['groupBy']);
  forget(URL, ['canParse', 'parse']);
  forget(RegExp, ['escape']);
  forget(Math, ['sumPrecise']);
  forget(Error, ['isError']);
  forget(JSON, ['rawJSON']);
  const sets = ['union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom'];
  forget(Set.prototype, sets);
  const iterators = ['map', 'filter', 'take', 'drop', 'flatMap', 'reduce', 'toArray', 'forEach', 'some', 'every', 'find'];
  forget(Reflect.getPrototypeOf(Reflect.getPrototypeOf([].values()) ?? {}), iterators);
  forget(ArrayBuffer.prototype, ['transfer', 'transferToFixedLength']);
  forget(Uint8Array, ['fromBase64', 'fromHex']);
  forget(ReadableStream, ['from']);
  forget(ReadableStream.prototype, [Symbol.asyncIterator, 'values']);
  forget(Element.prototype, ['checkVisibility', 'setHTMLUnsafe', 'moveBefore']);
  forget(HTMLElement.prototype, ['showPopover', 'hidePopover', 'togglePopover', 'popover']);
  forget(HTMLDialogElement.prototype, ['requestClose', 'closedBy']);
  forget(Document.prototype, ['startViewTransition']);
  const globals = ['Iterator', 'Temporal', 'Float16Array', 'DisposableStack', 'CloseWatcher', 'ToggleEvent', 'scheduler', 'navigation'];
  forget(globalThis, [...globals, 'cookieStore', 'requestIdleCallback', 'trustedTypes']);
}

/** The same of a browser that keeps nothing: told so by its user, or in a frame. */
export function withoutStorage(): void {
  for (const name of ['localStorage', 'sessionStorage']) {
    Object.defineProperty(window, name, {
      get() {
        throw new DOMException('Access is denied for this document.', 'SecurityError');
      },
    });
  }
}

/** The same of one whose app has it switched off. */
export function withNullStorage(): void {
  for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { value: null });
}

/** The same of one that has no room. */
export function withFullStorage(): void {
  Storage.prototype.setItem = () => {
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
  };
}
