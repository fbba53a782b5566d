import { dirname, join, resolve } from 'node:path';
import { errorMessage } from '@croft/foundation/errors';
import { decodeLoose } from '@croft/kustomize/kustomization/decode';
import { type Kustomization, kustomizationFiles } from '@croft/kustomize/kustomization/kustomization';
import { kustomizationShape } from '@croft/kustomize/kustomization/shape';
import { isRemote } from '@croft/kustomize/source/loader';
import { createDiskReader, type SourceReader } from '@croft/kustomize/source/reader';
import type { Decryption } from './decryption.ts';
import { type Format, formatOf } from './format.ts';

/**
 * The files of a source with those decrypted that Secrets are generated from, and patches, of the kustomization in the
 * folder and of all that it refers to. Throws Error naming the file.
 */
export async function openDecryptedSource(root: string, path: string, decryption: Decryption): Promise<SourceReader> {
  const reader = createDiskReader(root);
  const texts = new Map<string, Uint8Array>();
  const seen = new Set<string>();

  async function visitFile(file: string, format: Format): Promise<void> {
    if (texts.has(file) || !reader.exists(file) || reader.isFolder(file)) return; // the build tells of what is missing
    try {
      const opened = await decryption.decryptFile(reader.readFile(file), format);
      if (opened !== undefined) texts.set(reader.resolve(file), opened);
    } catch (error) {
      throw new Error(`error decrypting sources: ${file}: ${errorMessage(error)}`, { cause: error });
    }
  }

  async function visitFolder(folder: string): Promise<void> {
    if (seen.has(folder) || !reader.isFolder(folder)) return;
    seen.add(folder);
    const found = kustomizationFiles.map((name) => join(folder, name)).find((file) => reader.exists(file));
    if (found === undefined) return;
    const file = decodeLoose(Buffer.from(reader.readFile(found)).toString('utf8'), kustomizationShape) as Kustomization;
    for (const { name, format } of encryptedFiles(file)) await visitFile(resolve(dirname(found), name), format);
    for (const below of referredFolders(file)) await visitFolder(resolve(folder, below));
  }

  await visitFolder(resolve(root, path));
  return {
    ...reader,
    readFile: (file) => (reader.exists(file) ? texts.get(reader.resolve(file)) : undefined) ?? reader.readFile(file),
  };
}

/** The form of a file is told by the key that it gets in the Secret; files of variables are .env when nothing tells. */
function encryptedFiles({ secretGenerator = [], patches = [] }: Kustomization): { name: string; format: Format }[] {
  const generated = secretGenerator.flatMap(({ files = [], envs = [], env }) => [
    ...files.map((entry) => {
      const [key = '', ...rest] = entry.split('=');
      return { name: rest.length === 0 ? key : rest.join('='), format: formatOf(key) };
    }),
    ...[...envs, ...(env === undefined ? [] : [env])].map((name) => {
      const format = formatOf(name);
      return { name, format: format === 'binary' ? ('dotenv' as const) : format };
    }),
  ]);
  const patched = patches.flatMap(({ path }) =>
    path && !isRemote(path) ? [{ name: path, format: formatOf(path) }] : [],
  );
  return [...generated, ...patched];
}

function referredFolders({ resources = [], components = [], bases = [] }: Kustomization): string[] {
  return [...resources, ...components, ...bases].filter((entry) => !isRemote(entry));
}
