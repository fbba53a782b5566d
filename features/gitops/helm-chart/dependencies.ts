import { join, normalize } from 'node:path';
import type { ControllerContext } from '@croft/controller/controller';
import { readArchive } from '@croft/helm/chart/archive';
import { type Chart, type Dependency, setDependencies } from '@croft/helm/chart/chart';
import { findMissingDependencies } from '@croft/helm/chart/dependencies';
import { readChart } from '@croft/helm/chart/load';
import { loadChartFiles } from '@croft/helm/chart/load-files';
import { isCompatible } from '@croft/helm/semver/constraint';
import { isSameUrl } from '@croft/repository/index/resolve-url';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { helmRepositories } from '../helm-repository/types.ts';
import { openChartRepository } from './chart-repository.ts';

export interface DependencyContext extends Pick<ControllerContext, 'client' | 'informers'> {
  artifacts: ArtifactStore;
  namespace: string | undefined;
  signal: AbortSignal;
}

/** Where the chart lies: nothing outside of `root` is read. */
export interface ChartFolder {
  root: string;
  /** Below the root. */
  path: string;
}

/**
 * Adds the dependencies that the chart names and its folder lacks, in the versions of its lock file if it has one:
 * charts beside it (`file://`), and those of repositories and registries, with the credentials of a HelmRepository of the
 * namespace that has the same URL. Gives how many there were. Throws when one cannot be had.
 */
export async function addMissingDependencies(
  context: DependencyContext,
  chart: Chart,
  folder: ChartFolder,
): Promise<number> {
  const missing = findMissingDependencies(chart);
  if (missing.length === 0) return 0;
  const listed = (chart.lock?.dependencies ?? chart.metadata.dependencies ?? []).filter((one) => one !== null);
  const wanted = listed.filter(({ name }) => missing.includes(name));
  const found: Chart[] = [];
  for (const dependency of wanted) found.push(await getDependency(context, dependency, folder));
  setDependencies(chart, [...chart.dependencies, ...found]);
  return found.length;
}

async function getDependency(context: DependencyContext, dependency: Dependency, folder: ChartFolder): Promise<Chart> {
  const { name, version, repository } = dependency;
  if (repository.startsWith('file://') || repository === '') return await readLocal(dependency, folder);
  if (/^(@|alias:)/.test(repository))
    throw new Error(`the dependency ${name} names its repository by the alias "${repository}": write its URL`);
  const { namespace, client, signal, artifacts } = context;
  const known = context.informers
    .of(helmRepositories)
    .list(namespace)
    .find(({ spec }) => spec !== undefined && isSameUrl(spec.url, repository));
  const charts = await openChartRepository({
    client,
    namespace,
    spec: known?.spec ?? { url: repository },
    signal,
    artifacts,
    index: known?.status?.artifact,
  });
  const found = await charts.find(name, version);
  return loadChartFiles(readArchive(await found.fetch()));
}

async function readLocal({ name, version, repository }: Dependency, { root, path }: ChartFolder): Promise<Chart> {
  if (repository === '') throw new Error(`the dependency ${name} has no repository and is not in the folder charts`);
  const inside = normalize(join('/', path, repository.slice('file://'.length)));
  const chart = await readChart(join(root, inside)).catch((error: unknown) => {
    throw new Error(`the dependency ${name} is not at ${repository} (${inside.slice(1)})`, { cause: error });
  });
  if (version !== '' && !isCompatible(version, chart.metadata.version))
    throw new Error(`the dependency ${name} at ${repository} has version ${chart.metadata.version}, not ${version}`);
  return chart;
}
