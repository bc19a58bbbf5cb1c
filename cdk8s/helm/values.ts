/** The values of the Helm chart: each is declared once, with its default, and stands for itself in the settings. */

/** Stand for `{{` and `}}` until all other braces of a template have been escaped. */
export const OPEN = '⟦';
export const CLOSE = '⟧';

/** Numbers have no room for a name: a placeholder is this plus the value's index. No object holds such a number otherwise. */
const NUMBERS_FROM = 900_000_000;

type Default = string | number | boolean;

export interface Value {
  /** `services.ingest.cpuRequest` */
  readonly path: string;
  readonly standard: Default;
  readonly description: string;
}

/** Text of the expression that a template has in place of a value. */
export function expression(text: string): string {
  return `${OPEN} ${text} ${CLOSE}`;
}

export class Values {
  readonly #values: Value[] = [];

  get all(): readonly Value[] {
    return this.#values;
  }

  /** Declares a text; returns what stands for it. */
  text(path: string, standard: string, description: string): string {
    this.#values.push({ path, standard, description });
    return expression(`.Values.${path}`);
  }

  /** Declares a whole number; returns one that stands for it. */
  number(path: string, standard: number, description: string): number {
    this.#values.push({ path, standard, description });
    return NUMBERS_FROM + this.#values.length - 1;
  }

  /** Declares a switch; returns the condition that asks for it. */
  flag(path: string, standard: boolean, description: string): string {
    this.#values.push({ path, standard, description });
    return `.Values.${path}`;
  }

  /** Puts the expressions in the place of the numbers that stand for them. */
  replaceNumbers(text: string): string {
    return text.replace(/\b9\d{8}\b/g, (digits) => {
      const value = this.#values[Number(digits) - NUMBERS_FROM];
      return value === undefined ? digits : `{{ int .Values.${value.path} }}`;
    });
  }
}
