/** Every generated document. A generator is a function of its own file; add it here. */
import { apiDocuments } from './api.ts';
import { browsersDocuments } from './browsers.ts';
import { commandLineDocuments } from './command-line.ts';
import { configurationDocuments } from './configuration.ts';
import type { Document } from './document.ts';
import { metricsDocuments } from './metrics.ts';

export async function generatedDocuments(): Promise<readonly Document[]> {
  return [...configurationDocuments(), ...commandLineDocuments(), ...metricsDocuments(), ...browsersDocuments(), ...(await apiDocuments())];
}
