import { gzipSync } from 'node:zlib';
import { writeYaml } from '@croft/encoding/yaml/write';
import type { Value } from '@croft/gotemplate/value';
import type { Chart, ChartFile, ChartLock } from './chart.ts';
import { renderMetadata } from './write-metadata.ts';
import { writeTar } from './write-tar.ts';

/** A chart with its subcharts as `helm package` writes it (.tgz); `nowMs` is the time that its files get. */
export function writeChartArchive(chart: Chart, nowMs: number): Uint8Array {
  return gzipSync(writeTar(archiveFiles(chart, ''), nowMs));
}

function archiveFiles(chart: Chart, prefix: string): ChartFile[] {
  const { metadata, lock, valuesFile, schema } = chart;
  const base = `${prefix}${metadata.name}/`;
  const isVersion1 = metadata.apiVersion === 'v1';
  const files: ChartFile[] = [];
  const add = (name: string, data: Uint8Array | string) => {
    files.push({ name: `${base}${name}`, data: typeof data === 'string' ? Buffer.from(data) : data });
  };
  // Charts of version v1 keep their dependencies in requirements.yaml.
  add('Chart.yaml', renderMetadata(isVersion1 ? { ...metadata, dependencies: undefined } : metadata));
  if (!isVersion1 && lock !== undefined) add('Chart.lock', renderLock(lock));
  if (valuesFile !== undefined) add('values.yaml', valuesFile);
  if (schema !== undefined) add('values.schema.json', validSchema(schema));
  for (const { name, data } of [...chart.templates, ...chart.files]) add(name, data);
  return [...files, ...chart.dependencies.flatMap((child) => archiveFiles(child, `${base}charts/`))];
}

/** Chart.lock as Helm writes it. */
export function renderLock({ generated, digest, dependencies }: ChartLock): string {
  const items = (dependencies ?? []).map(
    (item): Value =>
      item === null
        ? null
        : new Map<string, Value>([
            ['name', item.name],
            ...(item.version === '' ? [] : [['version', item.version] as const]),
            ['repository', item.repository],
          ]),
  );
  return writeYaml(
    new Map<string, Value>([
      ['dependencies', items],
      ['digest', digest],
      ['generated', generated],
    ]),
  );
}

function validSchema(schema: Uint8Array): Uint8Array {
  try {
    JSON.parse(Buffer.from(schema).toString());
  } catch (error) {
    throw new Error('Invalid JSON in values.schema.json', { cause: error });
  }
  return schema;
}
