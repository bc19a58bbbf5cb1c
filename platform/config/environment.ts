/** Environment variables, read once: groups of zod schemas over texts, and every mistake of all of them at once. */
import { z } from 'zod';
import { strangersAmong } from './strangers.ts';

/**
 * The variables of a group: name → schema of its text. Each has a description; most have a default (`prefault`). Their `meta` may
 * tell of an example, that the value is a secret, and what other programs call such a setting (`alsoCalled`).
 */
export type Variables = Readonly<Record<string, z.ZodType>>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** One mistake in the environment: which variable, and what is wrong and what to write instead. Never holds a secret. */
export interface SettingsMistake {
  readonly variable: string;
  readonly problem: string;
}

/** What a group's `check` may say and ask beside the values. */
export interface CheckContext {
  /** The names of the group's variables. */
  readonly variables: readonly string[];
  /** Reports a mistake that concerns several variables, or what one of them points to. */
  report(variable: string, problem: string): void;
  /** Whether the variable was set, rather than left to its default. */
  isSet(variable: string): boolean;
}

/** Variables that the documentation shows under one title. */
export interface SettingsGroup {
  readonly title: string;
  readonly description: string;
  readonly variables: Variables;
}

/** A part of the settings: the variables of one group or of several, and what is made of them. */
export interface SettingsPart<T> {
  /** In the order in which the documentation shows them. */
  readonly groups: readonly SettingsGroup[];
  /** The part's settings, or undefined after a mistake was reported. */
  read(environment: Environment, report: CheckContext['report']): T | undefined;
}

/**
 * Declares a part of one group. `check` reports what is wrong between variables and gets those that are right by themselves;
 * `build` runs only where nothing of the group was wrong.
 */
export function defineGroup<const V extends Variables, T>(group: {
  readonly title: string;
  readonly description: string;
  readonly variables: V;
  check?(values: Partial<z.infer<z.ZodObject<V>>>, context: CheckContext): void;
  build(values: z.infer<z.ZodObject<V>>): T;
}): SettingsPart<T> {
  const { title, description, variables } = group;
  const names = Object.keys(variables);
  const schema = z.object(variables);
  return {
    groups: [{ title, description, variables }],
    read(environment, report) {
      const set = Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
      const parsed = schema.safeParse(set);
      let wrong = 0;
      const reportAndCount: CheckContext['report'] = (variable, problem) => {
        wrong += 1;
        report(variable, problem);
      };
      for (const issue of parsed.error?.issues ?? []) {
        const name = String(issue.path[0]);
        const shown = set[name] === undefined || isSecret(variables[name]) ? '' : `is ${JSON.stringify(set[name])} but `;
        reportAndCount(name, `${shown}${issue.message}`);
      }
      group.check?.(parsed.data ?? rightOnes(schema, set), {
        variables: names,
        report: reportAndCount,
        isSet: (name) => set[name] !== undefined,
      });
      return parsed.success && wrong === 0 ? group.build(parsed.data) : undefined;
    },
  };
}

/** The values of those variables that are right by themselves. */
function rightOnes<S extends z.ZodObject>(schema: S, set: Environment): Partial<z.infer<S>> {
  const values: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(schema.shape)) {
    const parsed = z.safeParse(variable, set[name]);
    if (parsed.success) values[name] = parsed.data;
  }
  return values as Partial<z.infer<S>>;
}

type Parts = Readonly<Record<string, SettingsPart<unknown>>>;
type Built<P extends Parts> = { readonly [N in keyof P]: P[N] extends SettingsPart<infer T> ? T : never };

/** Makes one part of several, such as all those of a system. `build` runs only where nothing of any of them was wrong. */
export function joinParts<const P extends Parts, T>(parts: P, build: (settings: Built<P>) => T): SettingsPart<T> {
  return {
    groups: Object.values(parts).flatMap(({ groups }) => groups),
    read(environment, report) {
      let wrong = 0;
      const reportAndCount: CheckContext['report'] = (variable, problem) => {
        wrong += 1;
        report(variable, problem);
      };
      const settings = Object.entries(parts).map(([name, part]) => [name, part.read(environment, reportAndCount)]);
      return wrong === 0 ? build(Object.fromEntries(settings) as Built<P>) : undefined;
    },
  };
}

/** Thrown by `readEnvironment`. Its message lists every mistake, one a line. */
export class SettingsMistakes extends Error {
  override readonly name = 'SettingsMistakes';
  readonly mistakes: readonly SettingsMistake[];

  constructor(mistakes: readonly SettingsMistake[]) {
    const lines = mistakes.map(({ variable, problem }) => `  ${variable} ${problem}`);
    super(`${mistakes.length === 1 ? 'One setting is' : `${mistakes.length} settings are`} wrong:\n${lines.join('\n')}`);
    this.mistakes = mistakes;
  }
}

/**
 * Reads every setting. An empty variable counts as unset; one that is no setting, but seems to be meant as one (strangers.ts), is
 * a mistake.
 * @throws SettingsMistakes naming them all
 */
export function readEnvironment<T>(settings: SettingsPart<T>, environment: Environment, prefix: string): T {
  const mistakes: SettingsMistake[] = [];
  const built = settings.read(environment, (variable, problem) => mistakes.push({ variable, problem }));
  const variables: Variables = Object.assign({}, ...settings.groups.map((group) => group.variables));
  mistakes.push(...strangersAmong(environment, variables, prefix));
  if (mistakes.length > 0) throw new SettingsMistakes(mistakes);
  return built as T;
}

/** Whether a variable's value must never be shown. */
function isSecret(schema: z.ZodType | undefined): boolean {
  return schema?.meta()?.secret === true;
}

/** The text that stands for a variable that is not set; undefined where there is none. */
export function defaultText(schema: z.ZodType): string | undefined {
  return schema instanceof z.ZodPrefault ? String(schema.def.defaultValue) : undefined;
}
