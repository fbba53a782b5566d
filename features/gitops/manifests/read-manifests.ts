import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { UnknownObject } from '@croft/api/object';
import { hasErrorCode } from '@croft/foundation/errors';
import { isJsonObject } from '@croft/foundation/json';
import { parseAllDocuments } from 'yaml';

/** An object read from a file, with where it stands. */
export interface Manifest {
  object: UnknownObject & { apiVersion: string; kind: string };
  /** The file, relative to the folder that was read. */
  file: string;
}

/** A file that holds no usable objects. The message names the file and, where known, the line. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/** All objects in the `.yaml`, `.yml` and `.json` files below a folder, in the order of their paths. Throws ManifestError. */
export async function readManifests(root: string, folder: string): Promise<Manifest[]> {
  const files = await listFiles(join(root, folder), root);
  const read = await Promise.all(
    files.map(async (file) => parseManifests(await readFile(join(root, file), 'utf8'), file)),
  );
  return read.flat();
}

async function listFiles(folder: string, root: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .filter((path) => !path.split('/').some((part) => part.startsWith('.')))
      .sort();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT'))
      throw new ManifestError(`the folder ${relative(root, folder) || '.'} does not exist in the source`);
    throw error;
  }
}

/** The objects of one file's text; `List` objects are opened. Throws ManifestError. */
export function parseManifests(text: string, file: string): Manifest[] {
  return parseAllDocuments(text, { version: '1.1', merge: true, logLevel: 'silent' }).flatMap((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) throw new ManifestError(`${file}: ${problem.message}`);
    return openLists(document.toJS({ maxAliasCount: 1000 }), file);
  });
}

function openLists(value: unknown, file: string): Manifest[] {
  if (value === null || value === undefined) return [];
  if (!isJsonObject(value)) throw new ManifestError(`${file}: a Kubernetes object is expected, not ${typeof value}`);
  if (value.kind === 'List' && Array.isArray(value.items)) return value.items.flatMap((item) => openLists(item, file));
  const { apiVersion, kind, metadata } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string')
    throw new ManifestError(`${file}: apiVersion and kind are missing`);
  if (!isJsonObject(metadata) || typeof metadata.name !== 'string')
    throw new ManifestError(`${file}: ${kind} has no metadata.name`);
  return [{ object: value as unknown as Manifest['object'], file }];
}
