/** What became of everything that was sent: `sent` = `answered` + the sum of `failed`, whose keys name the cause. */
export interface Ledger {
  sent: number;
  answered: number;
  readonly failed: Record<string, number>;
}

export function ledger(): Ledger {
  return { sent: 0, answered: 0, failed: {} };
}

export function fail(book: Ledger, cause: string, count = 1): void {
  if (count > 0) book.failed[cause] = (book.failed[cause] ?? 0) + count;
}

/** What is in no column: 0 where the accounts are right. */
export function missing({ sent, answered, failed }: Ledger): number {
  return sent - answered - Object.values(failed).reduce((sum, count) => sum + count, 0);
}
