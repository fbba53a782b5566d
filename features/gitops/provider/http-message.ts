import { readExcerpt } from '@croft/repository/http/body';
import { FetchError } from '@croft/repository/http/fetch-error';
import { sendRequest } from '@croft/repository/http/request';
import type { Destination } from './destination.ts';

/** A request that tells something to another system. */
export interface HttpMessage {
  url: string;
  /** POST when left out. */
  method?: 'POST' | 'PUT';
  headers?: Record<string, string>;
  /** Sent as JSON; a text is JSON already. */
  body: unknown;
  /** Looks into an answer of success; what it gives is why it is none. */
  problemOf?: (answer: string) => string | undefined;
}

/** The other system did not take the message. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  /** It might the next time. */
  readonly isPassing: boolean;
  /** How long the other system asks to wait before. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, isPassing: boolean, retryAfterMs?: number, cause?: unknown) {
    super(message, { cause });
    this.isPassing = isPassing;
    this.retryAfterMs = retryAfterMs;
  }
}

const longestExcerpt = 300;

/** Sends the message once. Throws DeliveryError, whose text may hold secrets of the destination. */
export async function sendMessage(
  message: HttpMessage,
  { connection }: Destination,
  signal: AbortSignal,
): Promise<void> {
  const { url, method = 'POST', headers, body, problemOf } = message;
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new DeliveryError('the address of the Provider is not a URL with http or https', false);
  const request = {
    url,
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  };
  const response = await sendRequest(request, { ...connection, signal }).catch((error: unknown) => {
    if (error instanceof FetchError) throw new DeliveryError(`${error.message}`, true, undefined, error);
    throw error;
  });
  const answer = await readExcerpt(response);
  const { status, statusText } = response;
  if (status < 200 || status > 299) {
    const excerpt = answer.trim().slice(0, longestExcerpt);
    const text = `${new URL(url).host} answered ${status} ${statusText}${excerpt === '' ? '' : `: ${excerpt}`}`;
    throw new DeliveryError(text, status === 429 || status >= 500, retryAfterMs(response.headers['retry-after']));
  }
  const problem = problemOf?.(answer);
  if (problem !== undefined) throw new DeliveryError(`${new URL(url).host}: ${problem}`, false);
}

/** Of a Retry-After header in seconds; a date is not looked at. */
function retryAfterMs(header: string | undefined): number | undefined {
  return header !== undefined && /^[0-9]{1,4}$/.test(header) ? Number(header) * 1000 : undefined;
}
