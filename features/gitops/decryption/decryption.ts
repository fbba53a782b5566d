import { secrets } from '@croft/api/kinds';
import type { UnknownObject } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { ReasonedError, WaitingError } from '@croft/controller/outcome';
import { errorMessage } from '@croft/foundation/errors';
import { isJsonObject } from '@croft/foundation/json';
import { compileExpression } from '@croft/kustomize/resource/selector';
import type { Decryption as DecryptionSpec } from '../kustomization/types.ts';
import { hasMark, marks } from '../manifests/marks.ts';
import { decryptTrees, verifyMac } from './cipher.ts';
import { type AgeKeys, openDataKey, parseKeyFile } from './data-key.ts';
import { parseDocuments, renderDocuments } from './document.ts';
import { detectFormat, type Format, formatOf } from './format.ts';
import { parseMetadata, withoutMetadata } from './metadata.ts';
import { plainOf, type SopsTree, treeOf } from './tree.ts';

/** Opens what SOPS has encrypted for some age keys. */
export interface Decryption {
  /** The file's content, its MAC verified; undefined when it is not encrypted. Throws Error. */
  decryptFile(content: Uint8Array, format: Format): Promise<Uint8Array | undefined>;
  /** The object with its values, or with the encrypted files in a Secret's data; undefined when there is nothing to do. */
  decryptObject(object: UnknownObject): Promise<UnknownObject | undefined>;
}

/** Reads the keys of the Secret that the spec names: its entries `*.agekey`. Throws WaitingError, ReasonedError. */
export async function openDecryption(client: Client, spec: DecryptionSpec, namespace: string): Promise<Decryption> {
  const keys = await readKeys(client, spec, namespace);
  return {
    decryptFile: async (content, format) => {
      const text = Buffer.from(content).toString('utf8');
      const found = detectFormat(text);
      return found === undefined ? undefined : await decryptText(text, found, format, keys);
    },
    decryptObject: async (object) => {
      if (hasMark(marks.notDecrypted, object)) return undefined;
      if (isJsonObject(object.sops) && typeof object.sops.mac === 'string') return await decryptWhole(object, keys);
      return object.kind === 'Secret' ? await decryptEntries(object, keys) : undefined;
    },
  };
}

async function readKeys(client: Client, { secretRef }: DecryptionSpec, namespace: string): Promise<AgeKeys> {
  if (secretRef === undefined)
    throw new ReasonedError('BuildFailed', 'spec.decryption.secretRef is missing: name a Secret with age keys');
  const name = `the decryption Secret ${namespace}/${secretRef.name}`;
  const secret = await client.find(secrets, { namespace, name: secretRef.name });
  if (secret === undefined) throw new WaitingError('BuildFailed', `${name} does not exist`, 30_000);
  const files = Object.entries(secret.data ?? {}).filter(([key]) => key.endsWith('.agekey'));
  const identities = files.flatMap(([, value]) => parseKeyFile(Buffer.from(value, 'base64').toString('utf8')));
  if (identities.length === 0)
    throw new ReasonedError(
      'BuildFailed',
      `${name} has no age key: put the private key under a name that ends with .agekey`,
    );
  return { identities, name };
}

async function decryptText(text: string, from: Format, to: Format, keys: AgeKeys): Promise<Uint8Array> {
  const documents = parseDocuments(text, from);
  const metadata = parseMetadata(documents.find((tree) => tree.has('sops'))?.get('sops'), compileExpression);
  const key = await openDataKey(metadata, keys);
  const opened = decryptTrees(documents.map(withoutMetadata), key, metadata);
  verifyMac(opened, key, metadata);
  return renderDocuments(opened.branches, to);
}

/** The MAC cannot be verified here: a build has put names and labels in. Each value is verified for its place all the same. */
async function decryptWhole(object: UnknownObject, keys: AgeKeys): Promise<UnknownObject> {
  const tree = treeOf(object) as SopsTree;
  const metadata = parseMetadata(tree.get('sops'), compileExpression);
  const key = await openDataKey(metadata, keys);
  const [opened] = decryptTrees([withoutMetadata(tree)], key, metadata).branches;
  return plainOf(opened ?? new Map()) as UnknownObject;
}

async function decryptEntries(object: UnknownObject, keys: AgeKeys): Promise<UnknownObject | undefined> {
  if (!isJsonObject(object.data)) return undefined;
  const data: Record<string, unknown> = { ...object.data };
  let found = false;
  for (const [name, value] of Object.entries(data)) {
    const text = typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : '';
    const format = detectFormat(text);
    if (format === undefined) continue;
    found = true;
    try {
      data[name] = Buffer.from(await decryptText(text, format, formatOf(name), keys)).toString('base64');
    } catch (error) {
      throw new Error(`the entry ${name}: ${errorMessage(error)}`, { cause: error });
    }
  }
  return found ? { ...object, data } : undefined;
}
