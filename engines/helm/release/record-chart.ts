import { encodeJson } from '@croft/encoding/json/encode';
import { isJsonObject, type Json, type JsonObject } from '@croft/foundation/json';
import type { Chart, ChartFile } from '../chart/chart.ts';
import type { RecordChart, RecordFile } from './record.ts';

/** The chart as a release record holds it. Subcharts are not part of it: Helm leaves them out as well. */
export function recordChart(chart: Chart): RecordChart {
  const { dependencies, annotations, ...metadata } = chart.metadata;
  return {
    metadata: dropEmpty({
      ...metadata,
      annotations: Object.fromEntries(annotations),
      dependencies: dependencies?.map((item) => (item === null ? null : recordDependency(item))),
    }),
    lock: chart.lock === undefined ? null : { generated: chart.lock.generated, digest: chart.lock.digest },
    templates: chart.templates.map(recordFile),
    values: JSON.parse(encodeJson(chart.values ?? new Map())) as JsonObject,
    schema: chart.schema === undefined ? null : Buffer.from(chart.schema).toString('base64'),
    files: chart.files.map(recordFile),
  };
}

function recordDependency({
  importValues,
  ...dependency
}: NonNullable<NonNullable<Chart['metadata']['dependencies']>[number]>): Json {
  const imported = importValues.map((value) => JSON.parse(encodeJson(value)) as Json);
  return {
    ...dropEmpty(dependency),
    repository: dependency.repository,
    ...(imported.length > 0 ? { 'import-values': imported } : {}),
  };
}

function recordFile({ name, data }: ChartFile): RecordFile {
  return { name, data: Buffer.from(data).toString('base64') };
}

function dropEmpty(object: Record<string, unknown>): JsonObject {
  const isEmpty = (value: unknown) =>
    value === undefined ||
    value === '' ||
    value === false ||
    (Array.isArray(value) && value.length === 0) ||
    (isJsonObject(value) && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isEmpty(value))) as JsonObject;
}
