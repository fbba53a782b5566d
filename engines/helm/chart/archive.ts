import { cleanPath } from '../functions/paths.ts';
import { zlib } from '../load-late.ts';
import type { ChartFile } from './chart.ts';

const MAX_CHART_BYTES = 100 * 1024 * 1024;
const MAX_FILE_BYTES = 5 * 1024 * 1024;
const BLOCK = 512;
const LARGEST = `decompressed chart is larger than the maximum file size ${MAX_CHART_BYTES}`;

/** An archive that is no chart, or not a safe one; the message is Helm's. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

/** The files of a packaged chart (.tgz), without its outermost folder. Throws ArchiveError. */
export function readArchive(data: Uint8Array): ChartFile[] {
  const files: ChartFile[] = [];
  let remaining = MAX_CHART_BYTES;
  for (const entry of readTar(unzip(data))) {
    const name = safeName(entry.name);
    if (entry.data.length > remaining) throw new ArchiveError(LARGEST);
    if (entry.data.length > MAX_FILE_BYTES) {
      throw new ArchiveError(
        `decompressed chart file ${JSON.stringify(entry.name)} is larger than the maximum file size ${MAX_FILE_BYTES}`,
      );
    }
    remaining -= entry.data.length;
    files.push({ name, data: withoutBom(entry.data) });
  }
  if (files.length === 0) throw new ArchiveError('no files in chart archive');
  return files;
}

export function withoutBom(data: Uint8Array): Uint8Array {
  return data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf ? data.subarray(3) : data;
}

function unzip(data: Uint8Array): Buffer {
  if (data[0] !== 0x1f || data[1] !== 0x8b) throw new ArchiveError('gzip: invalid header');
  try {
    return zlib().gunzipSync(data, { maxOutputLength: MAX_CHART_BYTES + 16 * 1024 * 1024 });
  } catch (error) {
    const tooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw new ArchiveError(tooLarge ? LARGEST : 'unexpected EOF', { cause: error });
  }
}

/** The path within the chart. Throws when it leads out of it. */
function safeName(full: string): string {
  const path = full.includes('\\') ? full.replaceAll('/', '\0').replaceAll('\\', '/').replaceAll('\0', '/') : full;
  const [folder = '', ...rest] = path.split('/');
  const inner = rest.join('/');
  if (inner.startsWith('/')) throw new ArchiveError('chart illegally contains absolute paths');
  const name = cleanPath(inner);
  if (name === '.') {
    throw new ArchiveError(`chart illegally contains content outside the base directory: ${JSON.stringify(full)}`);
  }
  if (name.startsWith('..')) throw new ArchiveError('chart illegally references parent directory');
  if (/^[a-zA-Z]:\//.test(name)) throw new ArchiveError('chart contains illegally named files');
  if (folder === 'Chart.yaml') throw new ArchiveError('chart yaml not in base directory');
  return name;
}

interface TarEntry {
  name: string;
  data: Uint8Array;
}

/** The plain files of a tar archive (POSIX pax and GNU long names understood). */
function* readTar(archive: Buffer): Generator<TarEntry> {
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return;
    const size = readNumber(header.subarray(124, 136));
    const type = String.fromCharCode(header[156] ?? 0);
    const start = at + BLOCK;
    if (start + size > archive.length) throw new ArchiveError('unexpected EOF');
    const data = archive.subarray(start, start + size);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'x') longName = paxPath(data) ?? longName;
    else if (type === 'L') longName = readText(data);
    else {
      const name: string = longName ?? headerName(header);
      longName = undefined;
      const isFolder = type === '5' || name.endsWith('/');
      if (!isFolder && type !== 'g' && type !== 'K') yield { name, data };
    }
  }
}

function headerName(header: Buffer): string {
  const name = readText(header.subarray(0, 100));
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? readText(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function readText(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

function readNumber(field: Buffer): number {
  const first = field[0] ?? 0;
  if (first & 0x80) return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, first & 0x7f);
  const value = Number.parseInt(readText(field).trim() || '0', 8);
  if (Number.isNaN(value)) throw new ArchiveError('archive/tar: invalid tar header');
  return value;
}

function paxPath(data: Buffer): string | undefined {
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(32, at);
    const length = Number.parseInt(data.toString('latin1', at, space), 10);
    if (space < 0 || !(length > 0)) throw new ArchiveError('archive/tar: invalid tar header');
    const record = data.toString('utf8', space + 1, at + length - 1);
    if (record.startsWith('path=')) return record.slice('path='.length);
    at += length;
  }
  return undefined;
}
