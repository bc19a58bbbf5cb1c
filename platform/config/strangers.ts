/** Variables of the environment that are no settings: which of them are misspelt ones, and which are another program's. */
import type { z } from 'zod';
import { nearestName } from '#platform/words/nearest-name.ts';
import type { Environment, SettingsMistake, Variables } from './environment.ts';

/** KAFKA_ and CASSANDRA_ are no program's own: KAFKA_PORT, KAFKA_OPTS or CASSANDRA_HOST must stay as far from every setting. */
const EDITS_MAX = 2;
/** A swapped, missing or doubled letter of a family's name, and no more: CASANDRA, KAKFA. */
const FAMILY_EDITS_MAX = 2;
/** Of a long name at the most so many characters are looked at: no setting is as long. */
const NAME_MAX = 100;

/**
 * The mistakes among the variables that are no settings. One that begins with `prefix` always is one: a misspelt setting would
 * otherwise be a default, silently. Any other may be another program's. It is a mistake where it is nearly a setting that is not
 * set, or what other programs call one (`alsoCalled`); upper and lower case, and what separates its words, make no difference.
 */
export function strangersAmong(environment: Environment, variables: Variables, prefix: string): readonly SettingsMistake[] {
  const known = Object.keys(variables);
  const families = [...new Set(known.map(familyOf))];
  const unset = known.filter((name) => !environment[name]);
  const calledAlso = new Map(unset.flatMap((name) => otherNames(variables[name]).map((other) => [other, name])));
  return Object.keys(environment).flatMap((variable) => {
    if (known.includes(variable) || variable.length > NAME_MAX) return [];
    const name = asWritten(variable, families);
    const isOurs = name.startsWith(prefix);
    if (!isOurs && !environment[variable]) return [];
    const meant = isOurs ? nearestName(name, known) : (calledAlso.get(name) ?? nearestName(name, unset, EDITS_MAX));
    if (!isOurs && meant === undefined) return [];
    return [{ variable, problem: `is not a setting${meant ? `; did you mean ${meant}?` : ''}` }];
  });
}

/** The name in the way that settings are written: `kafka-brokers` and `KAKFA_BROKERS` become `KAFKA_BROKERS`. */
function asWritten(variable: string, families: readonly string[]): string {
  const name = variable.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
  const family = familyOf(name);
  const meant = families.includes(family) ? family : nearestName(family, families, FAMILY_EDITS_MAX);
  return meant === undefined ? name : meant + name.slice(family.length);
}

/** The first word of a name. */
function familyOf(name: string): string {
  return name.split('_', 1)[0] ?? '';
}

function otherNames(schema: z.ZodType | undefined): readonly string[] {
  const names = schema?.meta()?.alsoCalled;
  return Array.isArray(names) ? names.map(String) : [];
}
