import { decodeJsonMap } from '@croft/encoding/json/decode';
import { encodeJson } from '@croft/encoding/json/encode';
import type { JsonObject } from '@croft/foundation/json';
import type { Chart, ChartFile, ChartLock } from '../chart/chart.ts';
import { parseLock, parseMetadata } from '../chart/metadata.ts';
import { metadataObject } from '../render/objects.ts';
import type { RecordChart, RecordFile } from './record.ts';

/** The chart as a release record holds it. Subcharts are not part of it: Helm leaves them out as well. */
export function recordChart(chart: Chart): RecordChart {
  return {
    metadata: metadataJson(chart.metadata),
    lock: chart.lock === undefined ? null : lockJson(chart.lock),
    templates: recordFiles(chart.templates),
    values: chart.values === undefined ? null : (JSON.parse(encodeJson(chart.values)) as JsonObject),
    schema: chart.schema === undefined ? null : Buffer.from(chart.schema).toString('base64'),
    files: recordFiles(chart.files),
  };
}

/** The chart that a record was made of, without its subcharts. */
export function chartOfRecord({ metadata, lock, templates, values, schema, files }: RecordChart): Chart {
  return {
    metadata: parseMetadata(JSON.stringify(metadata)),
    ...(lock === null ? {} : { lock: parseLock(JSON.stringify(lock)) }),
    values: values === null ? undefined : decodeJsonMap(JSON.stringify(values)),
    ...(schema === null ? {} : { schema: Buffer.from(schema, 'base64') }),
    templates: chartFiles(templates),
    files: chartFiles(files),
    dependencies: [],
  };
}

/** Chart.yaml with the keys of its JSON, empty ones left out. */
function metadataJson(metadata: Chart['metadata']): JsonObject {
  return JSON.parse(encodeJson(metadataObject(metadata))) as JsonObject;
}

function lockJson({ generated, digest, dependencies }: ChartLock): JsonObject {
  const { dependencies: listed = [] } = metadataJson({ ...parseMetadata('{}'), dependencies });
  const isNone = dependencies === undefined;
  return { generated: generated || '0001-01-01T00:00:00Z', digest, dependencies: isNone ? null : listed };
}

function recordFiles(files: readonly ChartFile[]): RecordFile[] | null {
  if (files.length === 0) return null;
  return files.map(({ name, data }) => ({ name, data: Buffer.from(data).toString('base64') }));
}

function chartFiles(files: readonly RecordFile[] | null): ChartFile[] {
  return (files ?? []).map(({ name, data }) => ({ name, data: Buffer.from(data, 'base64') }));
}
