/** Answers that wait for their clients to read them: all of them together have a limit, since nobody makes a client read. */
import type { ServerResponse } from 'node:http';
import { overloaded } from './problem.ts';

/**
 * Smaller ones are bounded by what a connection may leave unanswered (connections.ts): together some 320 MB where each of
 * 10,000 connections has as many of them as it may.
 */
const ANSWER_CHARACTERS_MIN = 1024;

export class UnreadAnswers {
  readonly #limit_bytes: number;
  #held_bytes = 0;

  constructor(limit_bytes: number) {
    this.#limit_bytes = limit_bytes;
  }

  get held_bytes(): number {
    return this.#held_bytes;
  }

  /** Holds the text of an answer until it is sent or its connection gone. @throws HttpProblem (503) where there are too many */
  hold(response: ServerResponse, text: string): void {
    if (text.length < ANSWER_CHARACTERS_MIN) return;
    const bytes = Buffer.byteLength(text);
    if (this.#held_bytes + bytes > this.#limit_bytes) throw overloaded('Too many answers wait to be read.');
    this.#held_bytes += bytes;
    response.once('close', () => {
      this.#held_bytes -= bytes;
    });
  }
}
