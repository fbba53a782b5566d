import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { toValue } from '@croft/encoding/json/decode';
import { encodeJson } from '@croft/encoding/json/encode';
import { writeYaml } from '@croft/encoding/yaml/write';
import { sha256Hex } from '@croft/foundation/digest';
import { errorMessage, hasErrorCode } from '@croft/foundation/errors';
import type { JsonObject } from '@croft/foundation/json';
import { readArchive } from '@croft/helm/chart/archive';
import type { ChartMetadata } from '@croft/helm/chart/chart';
import { loadChartFiles } from '@croft/helm/chart/load-files';
import { validateMetadata } from '@croft/helm/chart/validate';
import { metadataObject } from '@croft/helm/render/objects';
import { type ChartVersion, sortVersions } from './chart-version.ts';
import { type RepositoryIndex, readIndex } from './index-file.ts';

/** The charts of a repository by name; what an index is written from. */
export type IndexContent = Map<string, ChartVersion[]>;

/** The packaged charts of a folder and of the folders in it; `url` is where they will be. What is no chart is passed over. */
export async function indexFolder(folder: string, url: string, nowMs: number): Promise<IndexContent> {
  const content: IndexContent = new Map();
  const created = goTime(nowMs);
  for (const file of await listArchives(folder)) {
    const data = await readFile(join(folder, file));
    const metadata = readMetadata(data);
    if (metadata === undefined) continue;
    try {
      validateMetadata(metadata);
    } catch (error) {
      throw new Error(`failed adding to ${file} to index: validate failed for ${file}: ${errorMessage(error)}`);
    }
    addVersion(content, { metadata, urls: [joinUrl(url, file)], digest: sha256Hex(data), created });
  }
  return content;
}

async function listArchives(folder: string): Promise<string[]> {
  const found = (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const archives = found.filter((one) => !one.isDirectory()).map(({ name }) => name);
  for (const { name } of found.filter((one) => one.isDirectory())) {
    const inner = (await readdir(join(folder, name))).sort();
    archives.push(...inner.map((file) => `${name}/${file}`));
  }
  return archives.filter((file) => file.endsWith('.tgz'));
}

function readMetadata(data: Uint8Array): ChartMetadata | undefined {
  try {
    return loadChartFiles(readArchive(data)).metadata;
  } catch {
    return undefined;
  }
}

function joinUrl(base: string, file: string): string {
  if (!URL.canParse(base)) return posix.join(base, file);
  const url = new URL(base);
  url.pathname = posix.join(url.pathname, file);
  return url.href;
}

function addVersion(content: IndexContent, version: ChartVersion): void {
  const { name } = version.metadata;
  content.set(name, [...(content.get(name) ?? []), version]);
}

/** Adds those versions of an index that are not there yet. */
export async function mergeIndex(content: IndexContent, path: string): Promise<void> {
  let index: RepositoryIndex;
  try {
    index = await readIndex(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return;
    throw new Error(`merge failed: ${errorMessage(error)}`, { cause: error });
  }
  for (const name of index.names) {
    const known = new Set(content.get(name)?.map(({ metadata }) => metadata.version));
    for (const entry of index.eachVersion(name)) if (!known.has(entry.metadata.version)) addVersion(content, entry);
  }
}

/** The index as Helm writes it: in YAML keys are sorted, in JSON they stand as Helm declares them. */
export function renderIndex(content: IndexContent, format: 'yaml' | 'json', nowMs: number): string {
  const names = [...content.keys()].sort();
  const entries = names.map((name) => [name, sortVersions(content.get(name) ?? []).map(entryObject)]);
  const index = { apiVersion: 'v1', generated: goTime(nowMs), entries: Object.fromEntries(entries) as JsonObject };
  if (format === 'yaml') return writeYaml(toValue(index));
  return JSON.stringify(index, undefined, '  ').replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

function entryObject({ metadata, urls, created, digest }: ChartVersion): JsonObject {
  const fields = JSON.parse(encodeJson(metadataObject(metadata))) as JsonObject;
  return { ...fields, urls, created: created || '0001-01-01T00:00:00Z', ...(digest === '' ? {} : { digest }) };
}

/** A time as Go writes it in JSON: no zeros at the end of a second's parts. */
function goTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z');
}
