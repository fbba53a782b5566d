import { readFile, stat } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { hasErrorCode } from '@croft/foundation/errors';
import { readArchive } from '@croft/helm/chart/archive';
import type { Chart } from '@croft/helm/chart/chart';
import { readChart } from '@croft/helm/chart/load';
import { loadChartFiles } from '@croft/helm/chart/load-files';
import { writeChartArchive } from '@croft/helm/chart/write-archive';
import { formatVersion, parseVersion } from '@croft/helm/semver/version';
import { FetchError } from '@croft/repository/http/fetch-error';
import { asFailure, orFail } from './build-error.ts';
import type { ChartRepository, FoundChart } from './chart-repository.ts';
import { addMissingDependencies, type DependencyContext } from './dependencies.ts';
import type { HelmChartSpec } from './types.ts';
import { applyValuesFiles, listValuesFiles } from './values-files.ts';

export interface BuiltChart {
  name: string;
  version: string;
  /** The packaged chart; undefined when the one that is kept is it. */
  archive: Uint8Array | undefined;
  packaged: boolean;
  /** Those that took the place of values.yaml. */
  valuesFiles: string[];
}

export interface BuildOptions {
  spec: HelmChartSpec;
  generation: number;
  /** The name and version of the chart that is kept, made by the same spec: it is not made again. */
  kept: { name: string; version: string } | undefined;
}

/** The version under which a chart is packaged whose values come from other files, or that follows its source. */
function versionFor(version: string, metadata: readonly string[]): string {
  return metadata.length === 0 ? version : formatVersion({ ...parseVersion(version), metadata: metadata.join('.') });
}

/** Gets a chart from a repository: as it is, or packaged anew with other values. Throws ReasonedError and StalledError. */
export async function buildFromRepository(
  repository: ChartRepository,
  { spec, generation, kept }: BuildOptions,
): Promise<BuiltChart> {
  const found = await findChart(repository, spec);
  const repackaged = listValuesFiles(spec).length > 0;
  const version = await orFail('MetadataPatchError', () =>
    versionFor(found.version, repackaged ? [String(generation)] : []),
  );
  const built = { name: found.name, version, packaged: repackaged, valuesFiles: listValuesFiles(spec) };
  if (kept?.name === found.name && kept.version === version) return { ...built, archive: undefined };
  const archive = await orFail('ChartPullError', () => found.fetch());
  const chart = await orFail('ChartPullError', () => loadChartFiles(readArchive(archive)));
  if (!repackaged) return { ...built, archive };
  chart.metadata.version = version;
  const own = (path: string): Promise<Uint8Array | undefined> => {
    const name = normalize(path);
    return Promise.resolve(
      name === 'values.yaml' ? chart.valuesFile : chart.files.find((file) => file.name === name)?.data,
    );
  };
  const valuesFiles = await orFail('ValuesFilesError', () => applyValuesFiles(chart, spec, own));
  return { ...built, valuesFiles, archive: await pack(chart) };
}

async function findChart(repository: ChartRepository, { chart, version }: HelmChartSpec): Promise<FoundChart> {
  try {
    if (!/^([-a-z0-9]+\/?\.?)+$/.test(chart))
      throw new Error(`invalid chart name '${chart}': lower case letters, digits, dashes, slashes and periods only`);
    return await repository.find(chart, version ?? '*');
  } catch (error) {
    // A server that does not answer is no wrong reference.
    throw asFailure(error instanceof FetchError ? 'ChartPullError' : 'InvalidChartReference', error);
  }
}

/** Packages a chart of a source's folder, with its dependencies. `revision` is that of the source. */
export async function buildFromFolder(
  context: DependencyContext,
  root: string,
  revision: string,
  { spec, generation, kept }: BuildOptions,
): Promise<BuiltChart> {
  const path = normalize(join('/', spec.chart));
  const chart = await orFail('InvalidChartReference', () => readChartIn(root, path));
  const isFolder = (await stat(join(root, path))).isDirectory();
  const metadata = [
    ...(spec.reconcileStrategy === 'Revision' ? [shortRevision(revision)] : []),
    ...(listValuesFiles(spec).length > 0 ? [String(generation)] : []),
  ];
  const version = await orFail('MetadataPatchError', () => versionFor(chart.metadata.version, metadata));
  const packaged = isFolder || metadata.length > 0;
  const built = { name: chart.metadata.name, version, packaged, valuesFiles: listValuesFiles(spec) };
  if (kept?.name === built.name && kept.version === version) return { ...built, archive: undefined };
  if (!packaged) return { ...built, archive: await readFile(join(root, path)) };
  const read = (file: string) => readIfThere(join(root, normalize(join('/', file))));
  const valuesFiles = await orFail('ValuesFilesError', () => applyValuesFiles(chart, spec, read));
  if (isFolder) await orFail('DependencyBuildError', () => addMissingDependencies(context, chart, { root, path }));
  chart.metadata.version = version;
  return { ...built, valuesFiles, archive: await pack(chart) };
}

async function readChartIn(root: string, path: string): Promise<Chart> {
  try {
    return await readChart(join(root, path));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(`no chart at "${path.slice(1)}": ${text.replaceAll(`${root}/`, '')}`, { cause: error });
  }
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** The first twelve digits of the commit or digest at the end of a source's revision. */
function shortRevision(revision: string): string {
  return revision.slice(revision.lastIndexOf(':') + 1).slice(0, 12);
}

/** The same contents give the same bytes: the time of all files is the beginning of time. */
async function pack(chart: Chart): Promise<Uint8Array> {
  return await orFail('ChartPackageError', () => writeChartArchive(chart, 0));
}
