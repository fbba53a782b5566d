import { readFile } from 'node:fs/promises';
import { errorMessage, hasErrorCode } from '@croft/foundation/errors';
import type { Connection } from '../http/connection.ts';
import { archiveUrl } from '../index/fetch-archive.ts';
import { isOci, parseReference, type Reference } from '../oci/reference.ts';
import type { Registry } from '../oci/registry.ts';
import { resolveChart } from '../oci/resolve-chart.ts';
import { indexPath, readCachedIndex } from './cached-index.ts';
import { type Access, connectRegistry, type LocalContext, makeConnection } from './context.ts';
import { type RepositoryEntry, readRepositories } from './repositories-file.ts';

/** A packaged chart that can be fetched. */
export type FoundChart =
  | {
      kind: 'http';
      url: string;
      /** URL of its repository: credentials go to that alone. */
      repository: string;
      connection: Connection;
      /** Of the archive, from the index; '' when it is not known. */
      digest: string;
    }
  | { kind: 'oci'; registry: Registry; reference: Reference };

/**
 * Finds the chart that a user names: `oci://...`, a URL of an archive, or `REPOSITORY/CHART` of a repository that was added.
 * `range` is a version or a range, '' for the newest. Throws in Helm's words (ChartDownloader.ResolveChartVersion).
 */
export async function findChart(
  name: string,
  range: string,
  access: Access,
  context: LocalContext,
): Promise<FoundChart> {
  if (isOci(name)) return await findInRegistry(name, range, access, context);
  const entries = (await readRepositories(context.settings.repositoryConfig))?.repositories ?? [];
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/]+\/./i.test(name)) return await findByUrl(name, entries, access, context);
  const slash = name.indexOf('/');
  if (slash < 0) throw new Error(`non-absolute URLs should be in form of repo_name/path_to_chart, got: ${name}`);
  const entry = entries.find((one) => one.name === name.slice(0, slash));
  if (entry === undefined) throw new Error(`repo ${name.slice(0, slash)} not found`);
  if (entry.url === '') throw new Error(`no URL found for repository ${entry.name}`);
  return await findInRepository(entry, name.slice(slash + 1), range, access, context);
}

async function findInRegistry(name: string, range: string, access: Access, context: LocalContext): Promise<FoundChart> {
  const reference = parseReference(name);
  const registry = await connectRegistry(reference.host, access, context);
  return { kind: 'oci', registry, reference: await resolveChart(registry, reference, range) };
}

async function findByUrl(
  url: string,
  entries: readonly RepositoryEntry[],
  access: Access,
  context: LocalContext,
): Promise<FoundChart> {
  const owner = await findOwner(url, entries, context);
  if (owner === undefined) {
    return { kind: 'http', url, repository: url, connection: await makeConnection(access, context), digest: '' };
  }
  const connection = await makeConnection(withEntry(access, owner), context);
  return { kind: 'http', url, repository: owner.url, connection, digest: '' };
}

/** The repository whose index names the URL: its credentials and certificates count. */
async function findOwner(
  url: string,
  entries: readonly RepositoryEntry[],
  context: LocalContext,
): Promise<RepositoryEntry | undefined> {
  for (const entry of entries) {
    try {
      if ((await readFile(indexPath(entry.name, context), 'utf8')).includes(url)) return entry;
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    }
  }
  return undefined;
}

/** What is kept of a repository counts more than flags, as in Helm. */
function withEntry(access: Access, entry: RepositoryEntry): Access {
  const { username, password, passCredentials, certFile, keyFile, caFile } = entry;
  return {
    ...access,
    ...(username !== '' && password !== '' ? { username, password, passCredentials } : {}),
    ...(certFile !== '' || keyFile !== '' || caFile !== '' ? { certFile, keyFile, caFile } : {}),
    insecure: access.insecure || entry.insecure,
  };
}

async function findInRepository(
  entry: RepositoryEntry,
  chart: string,
  range: string,
  access: Access,
  context: LocalContext,
): Promise<FoundChart> {
  const index = await readCachedIndex(entry.name, context);
  const fail = (problem: string) =>
    new Error(
      `chart "${chart}" matching ${range} not found in ${entry.name} index. (try 'helm repo update'): ${problem}`,
    );
  if (!index.names.includes(chart)) throw fail('no chart name found');
  let version: ReturnType<typeof index.findVersion>;
  try {
    version = index.findVersion(chart, range);
  } catch (error) {
    throw fail(errorMessage(error));
  }
  if (version === undefined) throw fail(`no chart version found for ${chart}-${range}`);
  const url = archiveUrl(entry.url, version);
  if (isOci(url)) return await findInRegistry(url, '', access, context);
  const connection = await makeConnection(withEntry(access, entry), context);
  return { kind: 'http', url, repository: entry.url, connection, digest: version.digest };
}
