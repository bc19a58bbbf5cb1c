/** Browsers as they are: scripts that take from a new one what older ones, or careful people's, do not have. */

/**
 * To be run before a page's own scripts: what is newer than the oldest supported browsers (browsers.ts) is gone. Tells the page which
 * names are, and which are still there (`FORGOTTEN`).
 */
export function withoutNewNames(): void {
  const forgotten = { gone: [] as string[], left: [] as string[] };
  Object.assign(globalThis, { forgotten });
  const forget = (from: unknown, names: readonly (string | symbol)[]) => {
    if (from === null || (typeof from !== 'object' && typeof from !== 'function')) return;
    for (const name of names) {
      if (!Reflect.has(from, name)) continue;
      Reflect.deleteProperty(from, name);
      forgotten[Reflect.has(from, name) ? 'left' : 'gone'].push(String(name));
    }
  };
  forget(AbortSignal, ['any']);
  forget(Promise, ['withResolvers', 'try']);
  forget(Array, ['fromAsync']);
  forget(Intl, ['Segmenter', 'DurationFormat']);
  forget(Response, ['json']);
  for (const body of [Response, Request, Blob]) forget(body.prototype, ['bytes']);
  forget(Object, ['groupBy']);
  forget(Map, ['groupBy']);
  forget(URL, ['canParse', 'parse']);
  forget(RegExp, ['escape']);
  forget(Math, ['sumPrecise', 'f16round']);
  forget(Error, ['isError', 'captureStackTrace']);
  forget(Atomics, ['waitAsync', 'pause']);
  forget(JSON, ['rawJSON']);
  const sets = ['union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom'];
  forget(Set.prototype, sets);
  const iterators = ['map', 'filter', 'take', 'drop', 'flatMap', 'reduce', 'toArray', 'forEach', 'some', 'every', 'find'];
  forget(Reflect.getPrototypeOf(Reflect.getPrototypeOf([].values()) ?? {}), iterators);
  forget(ArrayBuffer.prototype, ['transfer', 'transferToFixedLength', 'resize', 'resizable', 'maxByteLength']);
  forget(Uint8Array, ['fromBase64', 'fromHex']);
  forget(Uint8Array.prototype, ['toBase64', 'toHex', 'setFromBase64', 'setFromHex']);
  for (const map of [Map, WeakMap]) forget(map.prototype, ['getOrInsert', 'getOrInsertComputed']);
  forget(ReadableStream, ['from']);
  forget(ReadableStream.prototype, [Symbol.asyncIterator, 'values']);
  forget(Element.prototype, ['checkVisibility', 'setHTMLUnsafe', 'getHTML', 'moveBefore']);
  forget(HTMLElement.prototype, ['showPopover', 'hidePopover', 'togglePopover', 'popover']);
  forget(HTMLDialogElement.prototype, ['requestClose', 'closedBy']);
  forget(Document.prototype, ['startViewTransition', 'caretPositionFromPoint']);
  forget(Document, ['parseHTMLUnsafe']);
  forget(CSS, ['highlights']);
  forget(Navigator.prototype, ['userAgentData', 'connection', 'deviceMemory', 'scheduling']);
  const globals = ['Iterator', 'Temporal', 'Float16Array', 'DisposableStack', 'CloseWatcher', 'ToggleEvent', 'scheduler', 'navigation'];
  const animation = ['ViewTransition', 'ScrollTimeline', 'ViewTimeline', 'Highlight'];
  forget(globalThis, [...globals, ...animation, 'URLPattern', 'cookieStore', 'requestIdleCallback', 'trustedTypes']);
}

/** What `withoutNewNames` has told a page. */
export const FORGOTTEN = 'forgotten';

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
