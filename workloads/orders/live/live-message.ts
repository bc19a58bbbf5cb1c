/** What is pushed to viewers, and its bytes for each transport: made once, however many viewers it goes to. */
import type { SegmentTotal } from './live-board.ts';

/** A message to a viewer. Figures are absolute: a message that comes twice, or after a newer one of its sums, does no harm. */
export interface LivePush {
  /** `snapshot`: every segment. `change`: only those that changed; none where it only says that the connection lives. */
  readonly type: 'snapshot' | 'change';
  /** Names the run of the process: sequence numbers of another stream mean nothing here. */
  readonly stream: string;
  /** Counts the changes of the dimension; a gap tells that one was missed. */
  readonly sequence: number;
  readonly dimension: string;
  /** The day that `today` is about. */
  readonly day: string;
  readonly all: readonly SegmentTotal[];
  readonly today: readonly Pick<SegmentTotal, 'segment' | 'orders'>[];
}

export class LiveMessage {
  readonly #text: string;
  #frame: Buffer | undefined;
  #event: Buffer | undefined;

  constructor(push: LivePush) {
    this.#text = JSON.stringify(push);
  }

  /** As a whole WebSocket text frame. */
  get frame(): Buffer {
    this.#frame ??= textFrame(this.#text);
    return this.#frame;
  }

  /** As a server-sent event. */
  get event(): Buffer {
    this.#event ??= Buffer.from(`data: ${this.#text}\n\n`);
    return this.#event;
  }
}

/** FIN and the opcode of text (RFC 6455, section 5.2). */
const FINAL_TEXT = 0x81;
/** Lengths that a header of 2 and of 4 bytes can tell. */
const SHORT_BYTES_MAX = 125;
const MEDIUM_BYTES_MAX = 65_535;

/** An unmasked text frame, as a server sends it. @throws RangeError for more than 65,535 bytes, which no menu reaches */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length > MEDIUM_BYTES_MAX) throw new RangeError(`a message of ${payload.length} bytes is too long`);
  if (payload.length <= SHORT_BYTES_MAX) return Buffer.concat([Buffer.of(FINAL_TEXT, payload.length), payload]);
  const header = Buffer.of(FINAL_TEXT, 126, 0, 0);
  header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}
