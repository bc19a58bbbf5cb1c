/** What names users and orders: any text of a bounded size, as the client wrote it or in one Unicode form. */
import { z } from 'zod';

/** Bytes of UTF-8 that a user id or an order id may have. */
const ID_BYTES_MAX = 128;
const TOO_LONG = `must be at most ${ID_BYTES_MAX} bytes of UTF-8`;

/** Unicode forms that ids may be brought into. */
export const ID_FORMS = ['NFC'] as const;
/** Undefined: two spellings of a name in Unicode, such as é in one character and in two, are two names. */
export type IdForm = (typeof ID_FORMS)[number] | undefined;

export const idSchema = z
  .string()
  .min(1, 'must not be empty')
  .refine((text) => text.length <= ID_BYTES_MAX && Buffer.byteLength(text) <= ID_BYTES_MAX, TOO_LONG)
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');

/** Whether an order may have this user id. */
export function isUserId(text: string): boolean {
  return idSchema.safeParse(text).success;
}

/** The id under which the system knows what a client names so. In its form an id may be longer than it was. */
export function idIn(form: IdForm, text: string): string {
  return form === undefined ? text : text.normalize(form);
}
