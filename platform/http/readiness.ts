/** One reason to be ready, or not to be: `/readyz` shows them all. */
export interface Readiness {
  readonly name: string;
  readonly ready: boolean;
  readonly reason?: string;
}
