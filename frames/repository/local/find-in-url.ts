import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorMessage } from '@croft/foundation/errors';
import { archiveUrl } from '../index/fetch-archive.ts';
import { fetchIndex } from '../index/fetch-index.ts';
import { type RepositoryIndex, readIndex } from '../index/index-file.ts';
import { isOci } from '../oci/reference.ts';
import { type Access, type LocalContext, makeConnection } from './context.ts';
import { type FoundChart, findChart } from './find-chart.ts';

/** Finds a chart in a repository that need not have been added (`--repo URL`). Throws in Helm's words. */
export async function findChartInUrl(
  repository: string,
  chart: string,
  range: string,
  access: Access,
  context: LocalContext,
): Promise<FoundChart> {
  const connection = await makeConnection(access, context);
  const index = await fetchWholeIndex(repository, connection);
  const what = `chart "${chart}"${range === '' ? '' : ` version "${range}"`}`;
  const version = index.findVersion(chart, range);
  if (version === undefined) throw new Error(`${what} not found in ${repository} repository`);
  if (version.urls.length === 0) throw new Error(`${what} has no downloadable URLs`);
  const url = archiveUrl(repository, version);
  if (isOci(url)) return await findChart(url, '', access, context);
  return { kind: 'http', url, repository, connection, digest: version.digest };
}

async function fetchWholeIndex(
  repository: string,
  connection: Parameters<typeof fetchIndex>[2],
): Promise<RepositoryIndex> {
  const path = join(tmpdir(), `croft-index-${randomUUID()}.yaml`);
  try {
    await fetchIndex(repository, path, connection);
    return await readIndex(path);
  } catch (error) {
    const problem = errorMessage(error).replaceAll(path, repository);
    throw new Error(`looks like "${repository}" is not a valid chart repository or cannot be reached: ${problem}`, {
      cause: error,
    });
  } finally {
    await rm(path, { force: true });
  }
}
