/**
 * Writes to a SQLite database from a thread of its own, so that the process goes on while the disk is waited for
 * (decision 3). Whatever is asked for while a transaction runs goes into the next one together: group commit.
 */
import { Worker } from 'node:worker_threads';
import { isAnswer, type WriterAnswer, type WriterData, type WriterRequest } from './writer-messages.ts';

/** Turns sent ahead: while one is written the next is ready, so that the thread never waits for the event loop. */
const TURNS_MAX = 2;
/** A turn takes no further job beyond this, which bounds one transaction. */
const TURN_BYTES_MAX = 8 * 1024 * 1024;
/** Bytes that may wait in a writer; whoever wants to add more waits. */
const WAITING_BYTES_MAX = 64 * 1024 * 1024;
/** What a check after a failed turn writes at the least: a smaller one might still find room on a disk that is full. */
const PROBE_BYTES_MIN = 256 * 1024;

/** Something to write. */
export interface Job<Message> {
  /** The bytes that were reserved for it. */
  readonly bytes: number;
  /** What the thread is sent; asked for when the job's turn comes, until when it may grow. */
  seal(): { readonly message: Message; readonly transfer: readonly ArrayBuffer[] };
}

interface WaitingJob<Message, Reply> extends Unanswered<Reply> {
  readonly job: Job<Message>;
}

/** What the thread has been sent. */
interface Unanswered<Reply> {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

export class Writer<Message, Reply> {
  readonly #worker: Worker;
  readonly #path: string;
  readonly #turns: { readonly bytes: number; readonly waiting: readonly Unanswered<Reply>[] }[] = [];
  readonly #reservations: { readonly bytes: number; readonly admit: () => void }[] = [];
  #queue: WaitingJob<Message, Reply>[] = [];
  #bytes = 0;
  #scheduled = false;
  /** The bytes of the largest turn that failed since a check last found that writes succeed; 0 where none did. */
  #failed_bytes = 0;
  #ended: Error | undefined;
  #whenIdle: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  private constructor(worker: Worker, path: string) {
    this.#worker = worker;
    this.#path = path;
    worker.on('message', (message: WriterAnswer<Reply> | object) => isAnswer(message) && this.#answered(message));
    worker.on('error', (error: Error) => this.#end(new Error(`the writer of ${path} died: ${error.message}`, { cause: error })));
    worker.on('exit', () => this.#end(new Error(`${path} is closed`)));
  }

  /**
   * Starts `thread`, a module that calls `runWriterThread`, on the database at `path`.
   * @throws Error saying what is wrong with the database
   */
  static async open<Message, Reply>(thread: URL, path: string): Promise<Writer<Message, Reply>> {
    const data: WriterData = { path };
    const worker = new Worker(thread, { workerData: data });
    const opening = Promise.withResolvers<WriterAnswer<Reply>>();
    const hear = (message: WriterAnswer<Reply> | object) => isAnswer(message) && opening.resolve(message);
    worker.on('message', hear);
    worker.once('error', opening.reject);
    const answer = await opening.promise;
    worker.off('message', hear);
    if (answer.kind === 'failed') throw new Error(answer.reason);
    return new Writer(worker, path);
  }

  /**
   * Reserves room for a job's bytes, which is given back when the job is answered. Undefined: there was room; otherwise a
   * promise that resolves, first come first served, when enough of what waits is written.
   */
  reserve(bytes: number): Promise<void> | undefined {
    if (this.#reservations.length > 0 || !this.#hasRoom(bytes)) {
      return new Promise<void>((admit) => this.#reservations.push({ bytes, admit }));
    }
    this.#bytes += bytes;
    return undefined;
  }

  /** Reserves room and runs a message that is ready as it stands. */
  async send(message: Message, bytes: number): Promise<Reply> {
    const room = this.reserve(bytes);
    if (room) await room;
    return this.run({ bytes, seal: () => ({ message, transfer: [] }) });
  }

  /** Resolves with the thread's reply when the job is durable. Rejects when its transaction failed, of which nothing is left. */
  run(job: Job<Message>): Promise<Reply> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, resolve, reject });
      this.#schedule();
    });
  }

  /**
   * Resolves when the database can be written to. As long as no turn fails, to lock it for writing is proof enough; after
   * one that did, only a write as large as that is.
   */
  async check(): Promise<void> {
    if (this.#ended) throw this.#ended;
    const failed_bytes = this.#failed_bytes;
    const bytes = failed_bytes === 0 ? 0 : Math.min(Math.max(failed_bytes, PROBE_BYTES_MIN), TURN_BYTES_MAX);
    await new Promise<unknown>((resolve, reject) => {
      this.#turns.push({ bytes: 0, waiting: [{ resolve, reject }] });
      this.#worker.postMessage({ kind: 'probe', bytes } satisfies WriterRequest<Message>);
    });
    // A turn that failed meanwhile may have asked for more than was tried.
    if (this.#failed_bytes === failed_bytes) this.#failed_bytes = 0;
  }

  /** Waits until all that was asked for is answered, and closes the database. Safe to call twice. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    do {
      if (!this.#isIdle()) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
      // Whoever has just been let in comes to ask for its write.
      await new Promise((resolve) => setImmediate(resolve));
    } while (!this.#isIdle());
    if (this.#ended) return;
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#end(new Error(`${this.#path} is closed`));
    this.#worker.postMessage({ kind: 'end' } satisfies WriterRequest<Message>);
    await exited;
  }

  #isIdle(): boolean {
    return this.#queue.length === 0 && this.#turns.length === 0 && this.#reservations.length === 0;
  }

  /** A job that is larger than all the room is let in when there is nothing else. */
  #hasRoom(bytes: number): boolean {
    return this.#ended !== undefined || this.#bytes === 0 || this.#bytes + bytes <= WAITING_BYTES_MAX;
  }

  /** What one turn of the event loop asks for travels together. */
  #schedule(): void {
    if (this.#scheduled || this.#turns.length >= TURNS_MAX) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#queue.length === 0 || this.#turns.length >= TURNS_MAX) return;
    let count = 0;
    for (let bytes = 0; count < this.#queue.length && bytes < TURN_BYTES_MAX; count++) bytes += this.#queue[count]!.job.bytes;
    const turn = this.#queue.splice(0, count);
    const sealed = turn.map(({ job }) => job.seal());
    const request: WriterRequest<Message> = { kind: 'turn', messages: sealed.map(({ message }) => message) };
    this.#worker.postMessage(
      request,
      sealed.flatMap(({ transfer }) => transfer),
    );
    this.#turns.push({ bytes: turn.reduce((sum, { job }) => sum + job.bytes, 0), waiting: turn });
  }

  #answered(answer: WriterAnswer<Reply>): void {
    const turn = this.#turns.shift() ?? { bytes: 0, waiting: [] };
    this.#bytes -= turn.bytes;
    if (answer.kind === 'failed') this.#failed_bytes = Math.max(this.#failed_bytes, turn.bytes);
    this.#send();
    for (const [index, { resolve, reject }] of turn.waiting.entries()) {
      if (answer.kind === 'done') resolve(answer.replies[index] as Reply);
      else reject(new Error(answer.kind === 'failed' ? answer.reason : `the writer of ${this.#path} answered out of turn`));
    }
    this.#admit();
  }

  #admit(): void {
    for (let next = this.#reservations[0]; next && this.#hasRoom(next.bytes); next = this.#reservations[0]) {
      this.#reservations.shift();
      this.#bytes += next.bytes;
      next.admit();
    }
    if (this.#isIdle()) this.#whenIdle?.();
  }

  #end(reason: Error): void {
    if (this.#ended) return;
    this.#ended = reason;
    const unanswered = [...this.#turns.splice(0).flatMap(({ waiting }) => waiting), ...this.#queue];
    this.#queue = [];
    for (const { reject } of unanswered) reject(reason);
    this.#admit();
  }
}
