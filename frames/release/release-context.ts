import type { KubeObject, Stored } from '@croft/api/object';
import { formatTime } from '@croft/foundation/clock';
import type { ReleaseRecord, ReleaseStatus } from '@croft/helm/release/record';
import type { Readiness } from './kstatus.ts';
import type { ReleaseName } from './record-store.ts';
import type { WaitContext } from './wait.ts';

/** What every action on a release works with. */
export interface ReleaseContext extends WaitContext {
  /**
   * Behave as this version of Helm to the letter: the order of its requests, its records, its errors. Left out, objects are
   * written by server-side apply, errors tell what is not ready and why, and no failure leaves a release locked.
   */
  asHelm?: 3 | 4;
}

/** What every action on a release takes. */
export interface ActionOptions {
  release: ReleaseName;
  /** How long each wait may last. */
  timeoutMs: number;
  /** Wait until all objects are ready. */
  wait: boolean;
  /** With `wait`: until Jobs have ended, too. */
  waitForJobs?: boolean;
  noHooks?: boolean;
  /** Whether an object is ready, where its kind has a rule of its own; not for Helm to the letter. */
  readiness?: (object: Stored<KubeObject> | undefined) => Readiness;
  /** Told what goes on, for people. */
  onProgress?: (message: string) => void;
  /** Takes the logs that hooks ask to be shown. */
  onHookLog?: (text: string) => void;
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

/** The same without its signal: what is undone after an interruption is not interrupted, too. */
export function uninterrupted({ signal: _, ...context }: ReleaseContext): ReleaseContext {
  return context;
}
