/** Nothing is wrong, but something else must come first: look again when a thing changes, or after a time. */
export class WaitingError extends Error {
  override readonly name = 'WaitingError';
  readonly reason: string;
  readonly retryAfterMs: number | undefined;

  constructor(reason: string, message: string, retryAfterMs?: number) {
    super(message);
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Only a person can mend it; the message says how. Tried again when the object or what it refers to changes. */
export class StalledError extends Error {
  override readonly name = 'StalledError';
  readonly reason: string;
  /** Look again after so long, though nothing here has changed: the person may mend something elsewhere. */
  retryAfterMs: number | undefined;

  constructor(reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** A failure with a reason of its own for the Ready condition; tried again with back-off. */
export class ReasonedError extends Error {
  override readonly name = 'ReasonedError';
  readonly reason: string;

  constructor(reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** The reason that an error gives for the Ready condition and its event. */
export function reasonOf(error: unknown): string {
  const named = error instanceof WaitingError || error instanceof StalledError || error instanceof ReasonedError;
  return named ? error.reason : 'ReconciliationFailed';
}
