import { type Dirent, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { hasErrorCode } from '@croft/foundation/errors';
import { compareStrings, decodeBytes } from '@croft/gotemplate/bytes';
import { readArchive, withoutBom } from './archive.ts';
import type { Chart, ChartFile } from './chart.ts';
import { type Ignore, parseIgnore } from './ignore.ts';
import { ChartLoadError, loadChartFiles } from './load-files.ts';
import { parseMetadata } from './metadata.ts';

const MAX_FILE_BYTES = 5 * 1024 * 1024;
type Warn = (text: string) => void;

/** Loads a chart from a folder or a packaged chart (.tgz). Throws ChartLoadError, ChartValidationError. */
export async function readChart(path: string, warn: Warn = () => {}, helmVersion: 3 | 4 = 3): Promise<Chart> {
  if (helmVersion === 4 && getInfo(path).isDirectory()) checkApiVersion(path);
  return loadChartFiles(await readChartFiles(path, warn), warn, helmVersion);
}

/** The files of a chart in a folder, but for what its .helmignore names, or in an archive. Throws ChartLoadError. */
export async function readChartFiles(path: string, warn: Warn = () => {}): Promise<ChartFile[]> {
  if (!getInfo(path).isDirectory()) return readArchiveFiles(path);
  const ignore = parseIgnore(readIgnoreText(path));
  const files: ChartFile[] = [];
  walk(path, '', ignore, files, warn, new Set());
  return files;
}

function getInfo(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) throw new ChartLoadError(`stat ${path}: no such file or directory`);
    throw error;
  }
}

function readArchiveFiles(path: string): ChartFile[] {
  const data = readFileSync(path);
  if (data[0] === 0x1f && data[1] === 0x8b) return readArchive(data);
  if (/\.ya?ml$/.test(path)) {
    throw new ChartLoadError(`file '${path}' seems to be a YAML file, but expected a gzipped archive`);
  }
  throw new ChartLoadError(`file '${path}' does not appear to be a gzipped archive; got 'application/octet-stream'`);
}

/** Helm 4 reads the version of the chart's format before anything else. */
function checkApiVersion(folder: string): void {
  const path = join(resolve(folder), 'Chart.yaml');
  let data: Uint8Array;
  try {
    data = readFileSync(path);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
    throw new ChartLoadError(`unable to detect chart at ${path}: open ${path}: no such file or directory`);
  }
  const { apiVersion } = parseMetadata(decodeBytes(data));
  if (!['', 'v1', 'v2'].includes(apiVersion)) throw new ChartLoadError('unsupported chart version');
}

function readIgnoreText(folder: string): string {
  try {
    return readFileSync(join(folder, '.helmignore'), 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return '';
    throw error;
  }
}

/**
 * Collects files in the order of their names; symbolic links are followed, but never in a circle. Reads without waiting: a
 * chart is many small files, and each wait costs more than its file.
 */
function walk(
  root: string,
  prefix: string,
  ignore: Ignore,
  into: ChartFile[],
  warn: Warn,
  open: ReadonlySet<string>,
): void {
  const folder = join(root, prefix);
  const real = realpathSync.native(folder);
  if (open.has(real)) throw new ChartLoadError(`symbolic links lead in a circle at ${folder}`);
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => compareStrings(a.name, b.name));
  for (const entry of entries) {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    const full = join(root, path);
    if (entry.isSymbolicLink()) {
      const target = realpathSync.native(full);
      warn(`found symbolic link in path: ${full} resolves to ${target}. Contents of linked file included and used`);
    }
    const info = entry.isDirectory() ? entry : statSync(full);
    if (ignore(path, info.isDirectory())) continue;
    if (info.isDirectory()) walk(root, path, ignore, into, warn, new Set([...open, real]));
    else into.push({ name: path, data: withoutBom(readChartFile(full, info)) });
  }
}

function readChartFile(path: string, info: Stats | Dirent): Buffer {
  if (!info.isFile()) {
    throw new ChartLoadError(`cannot load irregular file ${path} as it has file mode type bits set`);
  }
  if ('size' in info && info.size > MAX_FILE_BYTES) {
    throw new ChartLoadError(
      `chart file ${JSON.stringify(basename(path))} is larger than the maximum file size ${MAX_FILE_BYTES}`,
    );
  }
  return readFileSync(path);
}
