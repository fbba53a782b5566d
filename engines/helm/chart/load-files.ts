import { errorMessage } from '@croft/foundation/errors';
import { decodeBytes } from '@croft/gotemplate/bytes';
import { parseValues } from '../values/documents.ts';
import { readArchive } from './archive.ts';
import { type Chart, type ChartFile, setDependencies } from './chart.ts';
import { emptyMetadata, parseLock, parseMetadata } from './metadata.ts';
import { validateMetadata } from './validate.ts';

/** A chart that cannot be loaded; the message is Helm's. */
export class ChartLoadError extends Error {
  override readonly name = 'ChartLoadError';
}

type Warn = (text: string) => void;

/**
 * Puts a chart together from its files, with the subcharts that lie in `charts/` as folders or archives. Throws
 * ChartLoadError, ChartValidationError.
 */
export function loadChartFiles(files: readonly ChartFile[], warn: Warn = () => {}, helmVersion: 3 | 4 = 3): Chart {
  const chart: Chart = { metadata: emptyMetadata(), values: undefined, templates: [], files: [], dependencies: [] };
  let found = false;
  for (const file of files) {
    if (file.name !== 'Chart.yaml') continue;
    found = true;
    chart.metadata = within('cannot load Chart.yaml', () =>
      parseMetadata(decodeBytes(file.data), chart.metadata, helmVersion),
    );
    if (chart.metadata.apiVersion === '') chart.metadata.apiVersion = 'v1';
  }
  const subcharts = new Map<string, ChartFile[]>();
  for (const file of files) found = placeFile(chart, file, subcharts, warn, helmVersion) || found;
  if (!found) throw new ChartLoadError('Chart.yaml file is missing');
  validateMetadata(chart.metadata, helmVersion);
  const children: Chart[] = [];
  for (const [name, parts] of subcharts) {
    if (name.startsWith('_') || name.startsWith('.')) continue;
    children.push(
      within(`error unpacking subchart ${name} in ${chart.metadata.name}`, () =>
        loadSubchart(name, parts, warn, helmVersion),
      ),
    );
  }
  setDependencies(chart, children);
  return chart;
}

function within<T>(context: string, load: () => T): T {
  try {
    return load();
  } catch (error) {
    throw new ChartLoadError(`${context}: ${errorMessage(error)}`, { cause: error });
  }
}

/** Puts one file where it belongs; true when it is one that makes a chart of its own accord. */
function placeFile(
  chart: Chart,
  file: ChartFile,
  subcharts: Map<string, ChartFile[]>,
  warn: Warn,
  helmVersion: 3 | 4,
): boolean {
  const { name, data } = file;
  if (name === 'Chart.yaml') return true;
  if (name === 'Chart.lock') {
    chart.lock = within('cannot load Chart.lock', () => parseLock(decodeBytes(data)));
  } else if (name === 'values.yaml') {
    chart.valuesFile = data;
    chart.values = within('cannot load values.yaml', () => parseValues(decodeBytes(data), helmVersion));
  } else if (name === 'values.schema.json') {
    chart.schema = data;
  } else if (name === 'requirements.yaml' || name === 'requirements.lock') {
    placeRequirements(chart, file, warn);
    return true;
  } else if (name.startsWith('templates/')) {
    chart.templates.push(file);
  } else if (name.startsWith('charts/') && !name.endsWith('.prov')) {
    const inner = name.slice('charts/'.length);
    const folder = inner.split('/', 1)[0] ?? inner;
    const parts = subcharts.get(folder) ?? [];
    subcharts.set(folder, [...parts, { name: inner, data }]);
  } else {
    chart.files.push(file);
  }
  return false;
}

/** Dependencies as charts of version v1 keep them. */
function placeRequirements(chart: Chart, file: ChartFile, warn: Warn): void {
  const isVersion1 = chart.metadata.apiVersion === 'v1';
  const text = decodeBytes(file.data);
  if (file.name === 'requirements.yaml') {
    if (!isVersion1) {
      warn(
        'Warning: Dependencies are handled in Chart.yaml since apiVersion "v2". We recommend migrating dependencies to Chart.yaml.',
      );
    }
    chart.metadata = within('cannot load requirements.yaml', () => parseMetadata(text, chart.metadata));
  } else {
    chart.lock = within('cannot load requirements.lock', () => parseLock(text));
    if (!isVersion1) {
      warn(
        'Warning: Dependency locking is handled in Chart.lock since apiVersion "v2". We recommend migrating to Chart.lock.',
      );
    }
  }
  if (isVersion1) chart.files.push(file);
}

function loadSubchart(name: string, parts: readonly ChartFile[], warn: Warn, helmVersion: 3 | 4): Chart {
  const first = parts[0];
  if (name.endsWith('.tgz') && first !== undefined) {
    if (first.name !== name)
      throw new ChartLoadError(`error unpacking subchart tar: expected ${name}, got ${first.name}`);
    return loadChartFiles(readArchive(first.data), warn, helmVersion);
  }
  const files = parts
    .filter((file) => file.name.includes('/'))
    .map((file) => ({ name: file.name.slice(file.name.indexOf('/') + 1), data: file.data }));
  return loadChartFiles(files, warn, helmVersion);
}
