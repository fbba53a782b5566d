import { formatTime } from '@croft/foundation/clock';
import { durationText } from '../duration.ts';
import type { HistoryEntry } from './types.ts';

const mostKept = 5;

export interface Attempt {
  /** Of the built manifests. */
  digest: string;
  /** The reason of the Ready condition that it led to. */
  status: string;
  begunMs: number;
  endedMs: number;
  metadata: Record<string, string>;
}

/** The history with an attempt at its head; the same build with the same outcome counts up. */
export function withAttempt(history: readonly HistoryEntry[] = [], attempt: Attempt): HistoryEntry[] {
  const { digest, status, begunMs, endedMs, metadata } = attempt;
  const isSame = (entry: HistoryEntry) => entry.digest === digest && entry.lastReconciledStatus === status;
  const known = history.find(isSame);
  const now = formatTime(endedMs);
  const entry: HistoryEntry = {
    digest,
    firstReconciled: known?.firstReconciled ?? now,
    lastReconciled: now,
    lastReconciledDuration: durationText(endedMs - begunMs),
    lastReconciledStatus: status,
    totalReconciliations: (known?.totalReconciliations ?? 0) + 1,
    metadata,
  };
  return [entry, ...history.filter((other) => !isSame(other))].slice(0, mostKept);
}
