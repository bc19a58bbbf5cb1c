import { claimMutants } from './claim-mutants.ts';
import { flushMutants, ownerMutants } from './engine-mutants.ts';
import { delayMutants, emissionMutants, heardMutants, joinMutants } from './flow-mutants.ts';
import { lookupMutants } from './lookup-mutants.ts';
import type { Mutant } from './mutant.ts';
import { definitionMutants, tablesMutants } from './port-mutants.ts';

export const MUTANTS: readonly Mutant[] = [
  ...flushMutants,
  ...ownerMutants,
  ...claimMutants,
  ...tablesMutants,
  ...definitionMutants,
  ...lookupMutants,
  ...emissionMutants,
  ...heardMutants,
  ...delayMutants,
  ...joinMutants,
];
