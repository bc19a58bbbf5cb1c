/** The members of one group in this process, and which of them owns which partition. */
import { type ClaimContext, EmbeddedPartition } from './embedded-owned.ts';
import type { Consumption } from './log.ts';

/** One call of `consume`. */
export interface Member {
  readonly own: Consumption['own'];
}

interface Claim {
  readonly member: Member;
  readonly lose: AbortController;
  readonly ended: Promise<void>;
  isOver: boolean;
}

/**
 * Partition p belongs to member p mod members. Where that changes the claim is aborted, its owner awaited, and only then
 * does the partition's new owner start; the other partitions go on.
 */
export class EmbeddedGroup {
  readonly #context: ClaimContext;
  readonly #members: Member[] = [];
  readonly #claims: (Claim | undefined)[];

  constructor(context: ClaimContext) {
    this.#context = context;
    this.#claims = Array.from({ length: context.ends.topic.partitions }, () => undefined);
  }

  join(member: Member): void {
    this.#members.push(member);
    this.#assign();
  }

  /** Resolves when no claim of the member runs any more. */
  async leave(member: Member): Promise<void> {
    const index = this.#members.indexOf(member);
    if (index >= 0) this.#members.splice(index, 1);
    const claims = this.#claims.filter((claim) => claim?.member === member);
    this.#assign();
    await Promise.all(claims.map((claim) => claim?.ended));
  }

  #assign(): void {
    for (const partition of this.#claims.keys()) this.#settle(partition);
  }

  #settle(partition: number): void {
    const wanted = this.#members[partition % Math.max(1, this.#members.length)];
    const claim = this.#claims[partition];
    if (claim && claim.member === wanted && !claim.lose.signal.aborted) return;
    if (claim && !claim.isOver) claim.lose.abort();
    else this.#claims[partition] = wanted && this.#start(partition, wanted);
  }

  #start(partition: number, member: Member): Claim {
    const lose = new AbortController();
    const owned = new EmbeddedPartition(this.#context, partition, lose.signal);
    // A rejection of `own` is a broken invariant: it stays unhandled here, which ends the process.
    const ended = member.own(owned).then(() => {
      owned.end();
      claim.isOver = true;
      this.#settle(partition);
    });
    const claim: Claim = { member, lose, ended, isOver: false };
    return claim;
  }
}
