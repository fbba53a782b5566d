import { normalize } from 'node:path';
import { readArchive } from '@croft/helm/chart/archive';
import { loadChartFiles } from '@croft/helm/chart/load-files';
import { FetchError } from '@croft/repository/http/fetch-error';
import { asFailure, orFail } from './build-error.ts';
import { type BuildOptions, type BuiltChart, packChart, versionWith } from './built-chart.ts';
import type { ChartRepository, FoundChart } from './chart-repository.ts';
import { applyValuesFiles, listValuesFiles } from './values-files.ts';

/** Gets a chart from a repository: as it is, or packaged anew with other values. Throws ReasonedError and StalledError. */
export async function buildFromRepository(
  repository: ChartRepository,
  { spec, generation, kept }: BuildOptions,
): Promise<BuiltChart> {
  const found = await findChart(repository, spec);
  const packaged = listValuesFiles(spec).length > 0;
  const version = await versionWith(found.version, packaged ? [String(generation)] : []);
  const built = { name: found.name, version, packaged, valuesFiles: listValuesFiles(spec) };
  if (kept?.name === found.name && kept.version === version) return { ...built, archive: undefined };
  const archive = await orFail('ChartPullError', () => found.fetch());
  const chart = await orFail('ChartPullError', () => loadChartFiles(readArchive(archive)));
  if (!packaged) return { ...built, archive };
  const own = async (path: string): Promise<Uint8Array | undefined> => {
    const name = normalize(path);
    return name === 'values.yaml' ? chart.valuesFile : chart.files.find((file) => file.name === name)?.data;
  };
  const valuesFiles = await orFail('ValuesFilesError', () => applyValuesFiles(chart, spec, own));
  chart.metadata.version = version;
  return { ...built, valuesFiles, archive: await packChart(chart) };
}

async function findChart(repository: ChartRepository, { chart, version }: BuildOptions['spec']): Promise<FoundChart> {
  try {
    if (!/^([-a-z0-9]+\/?\.?)+$/.test(chart))
      throw new Error(`invalid chart name '${chart}': lower case letters, digits, dashes, slashes and periods only`);
    return await repository.find(chart, version ?? '*');
  } catch (error) {
    // A server that does not answer is no wrong reference.
    throw asFailure(error instanceof FetchError ? 'ChartPullError' : 'InvalidChartReference', error);
  }
}
