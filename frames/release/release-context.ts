import { formatTime } from '@croft/foundation/clock';
import type { ReleaseRecord, ReleaseStatus } from '@croft/helm/release/record';
import type { WaitContext } from './wait.ts';

/** What every action on a release takes. */
export interface ActionOptions {
  /** How long each wait may last. */
  timeoutMs: number;
  /** Wait until all objects are ready. */
  wait: boolean;
  /** Told what goes on, for people. */
  onProgress?: (message: string) => void;
}

/** An action that failed. The record says so too; the next action continues from it. */
export class ReleaseError extends Error {
  override readonly name = 'ReleaseError';
  readonly record: ReleaseRecord;

  constructor(message: string, record: ReleaseRecord, options?: ErrorOptions) {
    super(message, options);
    this.record = record;
  }
}

export function withStatus(record: ReleaseRecord, status: ReleaseStatus, description: string): ReleaseRecord {
  return { ...record, info: { ...record.info, status, description } };
}

export function nowText({ clock }: WaitContext): string {
  return formatTime(clock.now());
}
