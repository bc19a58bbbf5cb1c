/** What a writer and its thread say to each other. */

/** To the thread. A turn is one transaction; a probe tries to write so many bytes, and leaves nothing. Answered in their order. */
export type WriterRequest<Message> =
  | { readonly kind: 'turn'; readonly messages: readonly Message[] }
  | { readonly kind: 'probe'; readonly bytes: number }
  | { readonly kind: 'end' };

/** From the thread: first `ready` or `failed`, then one `done` or `failed` a turn or probe. */
export type WriterAnswer<Reply> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly replies: readonly Reply[] }
  | { readonly kind: 'failed'; readonly reason: string };

/** Not everything that a worker thread sends is an answer: under `node --watch`, Node itself names the files that it loads. */
export function isAnswer<Reply>(message: WriterAnswer<Reply> | object): message is WriterAnswer<Reply> {
  return 'kind' in message;
}

/** What a writer's thread is started with. */
export interface WriterData {
  readonly path: string;
}
