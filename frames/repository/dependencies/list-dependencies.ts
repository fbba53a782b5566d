import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '@croft/foundation/errors';
import type { Chart, Dependency } from '@croft/helm/chart/chart';
import { readChart } from '@croft/helm/chart/load';
import { parseConstraint } from '@croft/helm/semver/constraint';
import { isStrictVersion } from '../oci/tags.ts';
import { fits } from './lock-versions.ts';

export interface ListedDependency {
  name: string;
  version: string;
  repository: string;
  /** ok, unpacked, missing, wrong version, invalid version, corrupt, misnamed, too many matches */
  status: string;
}

export interface DependencyList {
  /** undefined when the chart requires nothing. */
  dependencies: ListedDependency[] | undefined;
  /** What is said of charts in `charts/` that nothing requires, or that are none. */
  warnings: string[];
}

/** The dependencies of a chart and whether they are there, as `helm dependency list` tells. Throws ChartLoadError. */
export async function listDependencies(path: string): Promise<DependencyList> {
  const chart = await readChart(path);
  const required = chart.metadata.dependencies?.filter((dependency) => dependency !== null);
  if (required === undefined) return { dependencies: undefined, warnings: [] };
  const files = await listFolder(join(path, 'charts'));
  const dependencies: ListedDependency[] = [];
  for (const dependency of required) {
    const { name, version, repository } = dependency;
    dependencies.push({ name, version, repository, status: await statusOf(dependency, chart, path, files) });
  }
  return { dependencies, warnings: await findUnrequired(required, path, files) };
}

interface Entry {
  name: string;
  isFolder: boolean;
}

async function listFolder(path: string): Promise<Entry[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}

async function statusOf(dependency: Dependency, chart: Chart, path: string, files: readonly Entry[]): Promise<string> {
  const { name } = dependency;
  const named = files.map((file) => file.name).filter((file) => file.startsWith(`${name}-`) && file.endsWith('.tgz'));
  const versioned = named.filter((file) => isStrictVersion(file.slice(name.length + 1, -'.tgz'.length)));
  const archives = named.length > 1 ? versioned : named;
  if (archives.length > 1) return 'too many matches';
  const [archive] = archives;
  if (archive !== undefined) return await archiveStatus(join(path, 'charts', archive), dependency);
  const unpacked = chart.dependencies.findLast((child) => child.metadata.name === name);
  return unpacked === undefined ? 'missing' : (versionProblem(unpacked, dependency) ?? 'unpacked');
}

async function archiveStatus(path: string, dependency: Dependency): Promise<string> {
  let chart: Chart;
  try {
    chart = await readChart(path);
  } catch {
    return 'corrupt';
  }
  if (chart.metadata.name !== dependency.name) return 'misnamed';
  return versionProblem(chart, dependency) ?? 'ok';
}

function versionProblem({ metadata }: Chart, { version }: Dependency): string | undefined {
  if (metadata.version === version) return undefined;
  try {
    return fits(parseConstraint(version), metadata.version) ? undefined : 'wrong version';
  } catch {
    return 'invalid version';
  }
}

async function findUnrequired(
  required: readonly Dependency[],
  path: string,
  files: readonly Entry[],
): Promise<string[]> {
  const warnings: string[] = [];
  for (const { name, isFolder } of files) {
    if (!isFolder && !name.endsWith('.tgz')) continue;
    const file = join(path, 'charts', name);
    try {
      const { metadata } = await readChart(file);
      if (required.some((dependency) => dependency.name === metadata.name)) continue;
      warnings.push(`WARNING: "${file}" is not in Chart.yaml.`);
    } catch {
      warnings.push(`WARNING: "${file}" is not a chart.`);
    }
  }
  return warnings;
}
