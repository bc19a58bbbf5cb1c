/** Reads settings from environment variables: every wrong one is named, together with what it may be. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** A duration as k6 writes it: `90s`, `5m`, `1h30m`. */
const DURATION = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

export class Variables {
  readonly #environment: Environment;
  readonly #problems: string[] = [];

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** A whole number from `min` to `max`. */
  whole(name: string, otherwise: number, min: number, max: number): number {
    return this.#read(name, otherwise, `a whole number from ${min} to ${max}`, (text) => {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    });
  }

  /** A number from `min` to `max`, with decimals. */
  decimal(name: string, otherwise: number, min: number, max: number): number {
    return this.#read(name, otherwise, `a number from ${min} to ${max}`, (text) => {
      const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    });
  }

  /** A duration such as `90s` or `1h30m`, in seconds. */
  duration_s(name: string, otherwise_s: number): number {
    return this.#read(name, otherwise_s, 'a duration such as 90s, 5m or 1h30m, longer than nothing', (text) => {
      const [hours = 0, minutes = 0, seconds = 0] = (DURATION.exec(text) ?? []).slice(1).map((part) => Number(part ?? 0));
      return hours * 3_600 + minutes * 60 + seconds || undefined;
    });
  }

  choice<Choice extends string>(name: string, otherwise: Choice, choices: readonly Choice[]): Choice {
    return this.#read(name, otherwise, `one of ${choices.join(', ')}`, (text) => choices.find((choice) => choice === text));
  }

  /** An HTTP address, without a slash at its end. */
  address(name: string, otherwise: string): string {
    return this.#read(name, otherwise, 'an address such as http://localhost:8080', (text) =>
      /^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/.test(text) ? text.replace(/\/+$/, '') : undefined,
    );
  }

  /** Any text. */
  text(name: string, otherwise: string): string {
    return this.#environment[name]?.trim() || otherwise;
  }

  /** Adds a mistake that concerns several variables together. */
  wrong(problem: string): void {
    this.#problems.push(problem);
  }

  /** @throws Error with every mistake, where there is one */
  mustBeRight(): void {
    if (this.#problems.length > 0) throw new Error(`the settings of this load test are wrong:\n  ${this.#problems.join('\n  ')}`);
  }

  #read<Value>(name: string, otherwise: Value, expected: string, parse: (text: string) => Value | undefined): Value {
    const text = this.#environment[name]?.trim();
    if (text === undefined || text === '') return otherwise;
    const value = parse(text);
    if (value !== undefined) return value;
    this.#problems.push(`${name} is ${JSON.stringify(text)} but must be ${expected}`);
    return otherwise;
  }
}
