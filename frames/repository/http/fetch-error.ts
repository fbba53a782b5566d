import { errorMessage } from '@croft/foundation/errors';
import { showUrl } from './connection.ts';

/** An exchange over HTTP that failed; the message names the URL, and the status if there was an answer. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  readonly url: string;
  /** Of the answer; undefined when there was none. */
  readonly status: number | undefined;

  constructor(url: string, problem: string, status?: number, cause?: unknown) {
    super(`failed to fetch ${showUrl(url)} : ${problem}`, { cause });
    this.url = url;
    this.status = status;
  }
}

/** The error of a connection in words: what timed out, was refused, or is not trusted. */
export function connectionError(url: string, error: unknown, timeoutMs: number, signal: AbortSignal): unknown {
  if (error instanceof FetchError) return error;
  const reason: unknown = signal.aborted ? signal.reason : undefined;
  if (reason instanceof DOMException && reason.name === 'TimeoutError') {
    return new FetchError(url, `no complete answer within ${timeoutMs / 1000} s`, undefined, error);
  }
  if (reason !== undefined) return reason;
  return new FetchError(url, describe(error), undefined, error);
}

function describe(error: unknown): string {
  // A host with several addresses gives one error for each.
  if (error instanceof AggregateError) return [...new Set(error.errors.map(errorMessage))].join(', ');
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text = errorMessage(error);
  if (code === 'ECONNRESET') return `the connection was closed before the answer was complete (${text})`;
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code))
    return `the server's certificate is not trusted: ${text} (${code})`;
  return text;
}
