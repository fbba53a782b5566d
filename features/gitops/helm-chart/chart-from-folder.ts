import { readFile, stat } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { errorMessage, hasErrorCode } from '@croft/foundation/errors';
import { decodeBytes } from '@croft/gotemplate/bytes';
import type { Chart, ChartMetadata } from '@croft/helm/chart/chart';
import { readChart } from '@croft/helm/chart/load';
import { parseMetadata } from '@croft/helm/chart/metadata';
import { validateMetadata } from '@croft/helm/chart/validate';
import type { Artifact } from '../types.ts';
import { orFail } from './build-error.ts';
import { type BuildOptions, type BuiltChart, packChart, versionWith } from './built-chart.ts';
import { addMissingDependencies, type DependencyContext } from './dependencies.ts';
import { applyValuesFiles, listValuesFiles } from './values-files.ts';

/** The files of a source: the folder of its artifact. */
export interface SourceFolder {
  root: string;
  artifact: Artifact;
}

/** A chart in a source's folder of which only name and version are known yet. */
export interface FolderChart {
  /** Names it among the charts that can be made of these files. */
  id: string;
  name: string;
  /** With what reconcileStrategy and values files add to it. */
  version: string;
  /** It is to be packaged; otherwise it lies there packaged, and nothing changes it. */
  packaged: boolean;
  /**
   * Reads the chart, with its dependencies and the values that it is to have; what is given is shared, and must not be
   * changed. Throws ReasonedError and StalledError.
   */
  read(context: DependencyContext): Promise<{ chart: Chart; valuesFiles: string[] }>;
}

/** Finds the chart at spec.chart. Throws StalledError when there is none. */
export async function findFolderChart(
  { root, artifact }: SourceFolder,
  { spec, generation }: BuildOptions,
): Promise<FolderChart> {
  const path = normalize(join('/', spec.chart));
  const place = join(root, path);
  const naming = <T>(work: () => Promise<T>) => orFail('InvalidChartReference', () => namePath(work, root, path));
  const isFolder = await naming(async () => (await stat(place)).isDirectory());
  const { name, version: own } = await naming(() => readMetadata(place, isFolder));
  const { reconcileStrategy, valuesFiles, ignoreMissingValuesFiles } = spec;
  const added = [
    ...(reconcileStrategy === 'Revision' ? [shortRevision(artifact.revision)] : []),
    ...(listValuesFiles(spec).length > 0 ? [String(generation)] : []),
  ];
  const version = await versionWith(own, added);
  const read = async (context: DependencyContext) => {
    const chart = await naming(() => readChart(place));
    const readValues = (file: string) => readIfThere(join(root, normalize(join('/', file))));
    const used = await orFail('ValuesFilesError', () => applyValuesFiles(chart, spec, readValues));
    if (isFolder) await orFail('DependencyBuildError', () => addMissingDependencies(context, chart, { root, path }));
    chart.metadata.version = version;
    return { chart, valuesFiles: used };
  };
  const id = JSON.stringify([path, version, valuesFiles, ignoreMissingValuesFiles]);
  return {
    id,
    name,
    version,
    packaged: isFolder || added.length > 0,
    read: async (context) => {
      const what = JSON.stringify([id, context.namespace]);
      return await context.artifacts.derive('chart', artifact, what, () => read(context));
    },
  };
}

/** Packages a chart of a source's folder. Throws ReasonedError and StalledError. */
export async function buildFromFolder(
  context: DependencyContext,
  source: SourceFolder,
  options: BuildOptions,
): Promise<BuiltChart> {
  const { spec, kept } = options;
  const found = await findFolderChart(source, options);
  const { name, version, packaged } = found;
  const built = { name, version, packaged, valuesFiles: listValuesFiles(spec) };
  if (kept?.name === name && kept.version === version) return { ...built, archive: undefined };
  if (!packaged) return { ...built, archive: await readFile(join(source.root, normalize(join('/', spec.chart)))) };
  const { chart, valuesFiles } = await found.read(context);
  const what = JSON.stringify([found.id, context.namespace]);
  const archive = await context.artifacts.derive('package', source.artifact, what, () => packChart(chart));
  return { ...built, valuesFiles, archive };
}

async function readMetadata(place: string, isFolder: boolean): Promise<ChartMetadata> {
  if (!isFolder) return (await readChart(place)).metadata;
  const metadata = parseMetadata(decodeBytes(await readFile(join(place, 'Chart.yaml'))));
  if (metadata.apiVersion === '') metadata.apiVersion = 'v1';
  validateMetadata(metadata);
  return metadata;
}

async function namePath<T>(work: () => Promise<T>, root: string, path: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const text = errorMessage(error).replaceAll(`${root}/`, '').replaceAll(root, '');
    throw new Error(`no chart at "${path.slice(1)}": ${text}`, { cause: error });
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
