/** What the pages call that browsers lack which are only a little too old: these read the scripts, and fail as soon as they run. */

/** Name → whether this browser has it. No supported browser (browsers.ts) lacks one. */
const NEEDED: Readonly<Record<string, () => boolean>> = {
  'AbortSignal.timeout': () => 'timeout' in AbortSignal,
  'Array.prototype.at': () => 'at' in Array.prototype,
  'Array.prototype.findLast': () => 'findLast' in Array.prototype,
  'Array.prototype.toSorted': () => 'toSorted' in Array.prototype,
  'HTMLDialogElement.prototype.showModal': () => 'HTMLDialogElement' in globalThis && 'showModal' in HTMLDialogElement.prototype,
};

export const NEEDED_NAMES = Object.keys(NEEDED);

/** Which of them this browser lacks: none where it can show the pages. */
export function missingNames(): readonly string[] {
  return NEEDED_NAMES.filter((name) => !NEEDED[name]?.());
}
