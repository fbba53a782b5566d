import { join } from 'node:path';
import type { Client } from '@croft/client/client';
import type { Connection } from '@croft/repository/http/connection';
import { archiveUrl, fetchChartVersion } from '@croft/repository/index/fetch-archive';
import { fetchIndex } from '@croft/repository/index/fetch-index';
import { type RepositoryIndex, readIndex } from '@croft/repository/index/index-file';
import { pullChart } from '@croft/repository/oci/pull-chart';
import { isOci, parseReference } from '@croft/repository/oci/reference';
import type { Registry } from '@croft/repository/oci/registry';
import { resolveChart } from '@croft/repository/oci/resolve-chart';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { readRepositoryConnection } from '../helm-repository/repository-connection.ts';
import type { HelmRepositorySpec } from '../helm-repository/types.ts';
import { openSourceRegistry } from '../oci-repository/registry-access.ts';
import type { Artifact } from '../types.ts';

export interface FoundChart {
  name: string;
  version: string;
  /** The packaged chart. */
  fetch(): Promise<Buffer>;
}

/** Where charts are looked up by name and version. */
export interface ChartRepository {
  /** The version itself, or the newest within the range. Throws when there is none. */
  find(name: string, range: string): Promise<FoundChart>;
}

export interface OpenRepositoryOptions {
  client: Client;
  namespace: string | undefined;
  spec: HelmRepositorySpec;
  signal: AbortSignal;
  artifacts: ArtifactStore;
  /** The repository's index, where it is here already. */
  index: Artifact | undefined;
}

/** Opens a chart repository over HTTP or a registry. Throws ReasonedError and FetchError. */
export async function openChartRepository(options: OpenRepositoryOptions): Promise<ChartRepository> {
  const { client, namespace, spec, signal } = options;
  if (isOci(spec.url)) {
    const { host } = parseReference(`${spec.url.replace(/\/$/, '')}/chart`);
    return inRegistry(spec.url, await openSourceRegistry(client, namespace, host, spec, signal));
  }
  const connection = await readRepositoryConnection(client, namespace, spec, signal);
  return inIndex(spec.url, connection, await openIndex(options, connection));
}

function inRegistry(url: string, registry: Registry): ChartRepository {
  return {
    find: async (name, range) => {
      const reference = parseReference(`${url.replace(/\/$/, '')}/${name}`);
      const found = await resolveChart(registry, reference, range === '*' ? '' : range);
      return {
        name: name.split('/').at(-1) ?? name,
        version: found.tag.replaceAll('_', '+'),
        fetch: async () => (await pullChart(registry, found)).archive,
      };
    },
  };
}

function inIndex(url: string, connection: Connection, index: RepositoryIndex): ChartRepository {
  return {
    find: async (name, range) => {
      if (!index.names.includes(name)) throw new Error(`chart "${name}" is not in the repository ${url}`);
      const found = index.findVersion(name, range);
      if (found === undefined)
        throw new Error(`chart "${name}" has no version that fits "${range}" in the repository ${url}`);
      archiveUrl(url, found);
      return {
        name: found.metadata.name,
        version: found.metadata.version,
        fetch: () => fetchChartVersion(url, found, connection),
      };
    },
  };
}

async function openIndex(
  { index, spec, artifacts }: OpenRepositoryOptions,
  connection: Connection,
): Promise<RepositoryIndex> {
  // Many charts come from one repository.
  if (index !== undefined)
    return await artifacts.derive('index', index, '', async () => await readIndex(await artifacts.openFile(index)));
  await using scratch = await artifacts.openScratch();
  const path = join(scratch.folder, 'index.yaml');
  await fetchIndex(spec.url, path, connection);
  return await readIndex(path);
}
