import { requireStatus, type SavedBody, saveBody } from '../http/body.ts';
import type { Connection } from '../http/connection.ts';
import { sendRequest } from '../http/request.ts';
import { resolveUrl } from './resolve-url.ts';

/** What tells a server that its index is already here. */
export interface Validators {
  etag?: string | undefined;
  lastModified?: string | undefined;
}

export interface FetchedIndex extends SavedBody {
  validators: Validators;
}

const largestIndex = 300 * 1024 * 1024;

/**
 * Fetches `index.yaml` of a repository into a new file at `path`. With the validators of an earlier answer, undefined when
 * nothing has changed since. Throws FetchError.
 */
export async function fetchIndex(
  repository: string,
  path: string,
  connection: Connection,
  known: Validators = {},
): Promise<FetchedIndex | undefined> {
  const headers: Record<string, string> = {};
  if (known.etag !== undefined) headers['if-none-match'] = known.etag;
  if (known.lastModified !== undefined) headers['if-modified-since'] = known.lastModified;
  const response = await sendRequest({ url: resolveUrl(repository, 'index.yaml'), headers }, connection);
  if (response.status === 304 && Object.keys(headers).length > 0) {
    response.discard();
    return undefined;
  }
  requireStatus(response, 200);
  const saved = await saveBody(response, path, largestIndex);
  const { etag, 'last-modified': lastModified } = response.headers;
  return { ...saved, validators: { etag, lastModified } };
}
