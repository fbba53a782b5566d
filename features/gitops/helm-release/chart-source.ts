import { readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import type { ObjectKey } from '@croft/api/object';
import type { ControllerContext } from '@croft/controller/controller';
import { ReasonedError, StalledError } from '@croft/controller/outcome';
import { encodeJson } from '@croft/encoding/json/encode';
import { readYamlMap } from '@croft/encoding/yaml/read';
import { sha256Hex } from '@croft/foundation/digest';
import { errorMessage } from '@croft/foundation/errors';
import type { Chart } from '@croft/helm/chart/chart';
import { readChart } from '@croft/helm/chart/load';
import type { Values } from '@croft/helm/values/copy';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { openSource } from '../source.ts';
import type { HelmReleaseSpec } from './types.ts';
import { mergeTables } from './values.ts';

export interface OpenChart {
  chart: Chart;
  /** Values of the chart's further values files, in order; they lie under those of the release. */
  fileValues: Values;
  /** Changes with any file of the chart. */
  digest: string;
  /** The revision of its source. */
  revision: string;
}

/** The chart that a HelmRelease names, from its source's files. */
export async function openChart(
  context: ControllerContext,
  artifacts: ArtifactStore,
  spec: HelmReleaseSpec,
  from: ObjectKey,
): Promise<OpenChart> {
  const reference = spec.chart?.spec;
  if (reference === undefined)
    throw new StalledError('InvalidSpec', 'spec.chart is missing: name a chart by its path in a GitRepository');
  const { folder, artifact } = await openSource(context, artifacts, reference.sourceRef, from);
  const path = resolveInside(folder, reference.chart);
  try {
    const chart = await readChart(path);
    let fileValues: Values = new Map();
    for (const file of reference.valuesFiles ?? []) {
      const text = await readFile(resolveInside(folder, file), 'utf8');
      fileValues = mergeTables(fileValues, readYamlMap(text));
    }
    return { chart, fileValues, digest: digestOf(chart, fileValues), revision: artifact.revision };
  } catch (error) {
    throw new ReasonedError(
      'ArtifactFailed',
      `could not load chart ${reference.chart}: ${errorMessage(error).replaceAll(`${folder}/`, '')}`,
      { cause: error },
    );
  }
}

function resolveInside(folder: string, path: string): string {
  const inside = normalize(join('/', path));
  return join(folder, inside);
}

function digestOf(chart: Chart, fileValues: Values): string {
  const files = [...chart.templates, ...chart.files].map(({ name, data }) => [name, sha256Hex(data)]);
  const subcharts: string[] = chart.dependencies.map((dependency) => digestOf(dependency, new Map()));
  const values = encodeJson(chart.values ?? new Map());
  return sha256Hex(
    JSON.stringify([
      chart.metadata.name,
      chart.metadata.version,
      chart.metadata.appVersion,
      files,
      subcharts,
      values,
      encodeJson(fileValues),
    ]),
  );
}
