/**
 * The protocol was first tried as two models of a few hundred lines, of one fold and of folds that feed each other, in which each of
 * these one-step changes lost or doubled something. Here is which mutant of the engine stands for each, or why the engine has no such step.
 */
export type Counterpart = { readonly mutant: string } | { readonly none: string };

/** Of one fold: how it commits, what it remembers, how it looks up what was long ago. */
export const COUNTERPARTS_OF_ONE: Readonly<Record<string, Counterpart>> = {
  h1_commitEpochOnly: { mutant: 'commit-by-epoch-only' },
  h1b_commitEpochOnly_continue: { none: 'No flush goes on after an unknown commit: the engine repeats it or forgets everything.' },
  h2_netFlips: { mutant: 'net-flips-redo-full' },
  h3_claimReadback: { mutant: 'claim-read-back' },
  h4_rawByOrderId: { mutant: 'raw-by-order-id' },
  h5_skipEmptyCommit: { mutant: 'no-commit-without-orders' },
  h6_nextNotMax: { mutant: 'next-not-highest' },
  h7_redoByCommitted: {
    none: 'Nothing is folded while a flush is under way, so what is in memory and what is committed never differ at a fold.',
  },
  h8_rejectedAfter: { mutant: 'rejects-after-commit' },
  h9_aheadSkip: { mutant: 'ahead-skipped' },
  h10_lwwList: { mutant: 'unfrozen-lists' },
  h11_dayUnchecked_claimReadback: { mutant: 'claim-read-back-day-unchecked' },
  h11b_dayUnchecked_noEpoch: { mutant: 'day-unchecked-no-epoch' },
  h12_auditUnfenced: { none: 'The audit is no part of the fold; it is the daily job that waits for the group’s offset.' },
  h13_liveLastWins: { mutant: 'publish-without-offset' },
  h13b_noPublishOnClaim: { mutant: 'group-before-publication' },
  h14_deleteForgetsVersion: { mutant: 'forgetful-deletes' },
  m_usersBeforeRows: { mutant: 'pages-before-rows' },
  m_groupBeforeUsers: { mutant: 'group-before-pages' },
  m_rowsBeforeCommit: { mutant: 'rows-before-commit' },
  m_noFence: { mutant: 'no-fence' },
  m_redoCountsTotals: { mutant: 'redo-counts-totals' },
  m_noVersions: { mutant: 'no-versions' },
  m_evictDirty: { mutant: 'dirty-eviction' },
  m_liveObject: { none: 'States are immutable, and nothing changes in memory while a flush is under way.' },
  m_ringInMemory: { mutant: 'ring-in-memory' },
  m_tieCoalesced: { mutant: 'flips-at-one-version' },
  m_netNoRedoFull: { mutant: 'net-flips' },
  m_totalsBeforeClaim: { mutant: 'totals-before-claim' },
  m_keepAfterLoss: { mutant: 'totals-kept-after-loss' },
  m_staleUserRead: { mutant: 'stale-user-reads' },
  m_noSeekOnAbandon: { mutant: 'no-seek-after-loss' },
  m_pipelinedFlush: { mutant: 'pipelined-flush' },
  m_skipIfAnyFail: { mutant: 'rows-not-retried' },
  f_lookupAhead: { mutant: 'lookup-ahead' },
  f_memoryOnly: { mutant: 'lookup-in-memory-only' },
  f_withoutTheBatch: { mutant: 'lookup-without-the-batch' },
  f_leftRowsAfterUsers: { mutant: 'completed-rows-after-pages' },
  f_latestInMemory: { mutant: 'latest-in-memory' },
};

/** Of folds that feed each other: emissions, what a page has heard, delays, joins. */
export const COUNTERPARTS_OF_FLOWS: Readonly<Record<string, Counterpart>> = {
  m_emitAfterStates: { mutant: 'emissions-after-pages' },
  m_emitWithStates: { mutant: 'emissions-with-pages' },
  m_emitBeforeCommit: { none: 'It does no harm where no pin can change meanwhile; the engine sends emissions with the rows.' },
  m_noMarks: { mutant: 'nothing-heard' },
  m_oneMark: { mutant: 'heard-of-any-source' },
  m_markByTopic: { mutant: 'heard-by-fold' },
  m_marksInMemory: { mutant: 'heard-in-memory' },
  m_redoDoesNotEmit: { mutant: 'redo-emits-nothing' },
  m_suffixWithoutPrefix: { mutant: 'suffix-without-prefix' },
  m_forwardCommitsFirst: { mutant: 'forward-commits-first' },
  m_joinIsSum: { mutant: 'join-is-a-sum' },
  m_joinRowAfterGroup: { mutant: 'join-after-group' },
  m_noVersions: { mutant: 'no-versions' },
  m_emissionsUnnumbered: { mutant: 'emissions-unnumbered' },
};
