import { sha256Hex } from '@croft/foundation/digest';
import { readBody, requireStatus } from '../http/body.ts';
import { type Connection, isSameOrigin, showUrl } from '../http/connection.ts';
import { sendRequest } from '../http/request.ts';
import type { ChartVersion } from './chart-version.ts';
import { resolveUrl } from './resolve-url.ts';

const largestArchive = 100 * 1024 * 1024;

/** A chart's archive that is not what its index says. */
export class DigestError extends Error {
  override readonly name = 'DigestError';
}

/** Where the archive of a chart lies: the first of its URLs. Throws when it has none. */
export function archiveUrl(repository: string, { metadata, urls }: ChartVersion): string {
  const [first] = urls;
  if (first === undefined)
    throw new Error(`chart "${metadata.name}" version "${metadata.version}" has no downloadable URLs`);
  return resolveUrl(repository, first);
}

/**
 * Fetches the archive of a chart from its repository and checks the digest that the index gives. Throws FetchError,
 * DigestError.
 */
export async function fetchChartVersion(
  repository: string,
  version: ChartVersion,
  connection: Connection,
): Promise<Buffer> {
  const url = archiveUrl(repository, version);
  const data = await fetchArchive(url, repository, connection);
  const { name, version: number } = version.metadata;
  checkDigest(data, version.digest, `chart ${name} version ${number} at ${showUrl(url)}`);
  return data;
}

/** Fetches a file of a repository. Credentials go along only to the repository's own origin, or with `passCredentials`. */
export async function fetchArchive(url: string, repository: string, connection: Connection): Promise<Buffer> {
  const isOwn = connection.passCredentials === true || isSameOrigin(url, repository);
  const response = await sendRequest(
    { url, headers: { accept: 'application/gzip,application/octet-stream' } },
    isOwn ? connection : { ...connection, credentials: undefined },
  );
  requireStatus(response, 200);
  return await readBody(response, largestArchive);
}

/** Throws DigestError. `expected` is SHA-256 in hexadecimal digits, with or without `sha256:`, or '' for unknown. */
export function checkDigest(data: Uint8Array, expected: string, what: string): void {
  const wanted = expected.toLowerCase().replace(/^sha256:/, '');
  const actual = sha256Hex(data);
  if (wanted !== '' && wanted !== actual) {
    throw new DigestError(`${what} has digest sha256:${actual}, but the index says sha256:${wanted}`);
  }
}
