import { createDecipheriv, createHash } from 'node:crypto';
import { errorMessage } from '@croft/foundation/errors';
import { formatFloat } from '@croft/gotemplate/fmt/float';
import type { SopsMetadata } from './metadata.ts';
import { isTree, type SopsTree, type SopsValue } from './tree.ts';

const form = /^ENC\[AES256_GCM,data:(.+),iv:(.+),tag:(.+),type:(.+)\]$/s;
/** Begins the MAC of files in which it covers encrypted values alone, so that it cannot be taken for the other. */
const onlyEncrypted = createHash('sha256').update('sops').digest();

/** A value that SOPS has encrypted with AES-256-GCM. Throws Error when it was changed or belongs to another place. */
function decryptValue(text: string, key: Uint8Array, additionalData: string): SopsValue {
  if (text === '') return '';
  const [, data = '', iv = '', tag = '', type = ''] = form.exec(text) ?? [];
  if (type === '') throw new Error('a value that SOPS has encrypted is expected');
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'));
  decipher.setAAD(Buffer.from(additionalData));
  decipher.setAuthTag(Buffer.from(tag, 'base64'));
  const bytes = Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]);
  return typed(bytes, type);
}

function typed(bytes: Buffer, type: string): SopsValue {
  const text = bytes.toString('utf8');
  if (type === 'bytes') return new Uint8Array(bytes);
  if (type === 'int' || type === 'float') return Number(text);
  if (type === 'bool') return text.toLowerCase() === 'true';
  if (type === 'str' || type === 'time' || type === 'comment') return text;
  throw new Error(`unknown type of value: ${type}`);
}

export interface Opened {
  branches: SopsTree[];
  /** Of the content, as SOPS computes it. */
  mac: string;
}

/** Decrypts all documents of a file. Throws Error naming the value that cannot be decrypted. */
export function decryptTrees(branches: readonly SopsTree[], key: Uint8Array, metadata: SopsMetadata): Opened {
  const hash = createHash('sha512');
  if (metadata.macOnlyEncrypted) hash.update(onlyEncrypted);
  const walk = (value: SopsValue, path: readonly string[]): SopsValue => {
    if (isTree(value)) return new Map([...value].map(([name, item]) => [name, walk(item, [...path, name])]));
    if (Array.isArray(value)) return value.map((item) => walk(item, path));
    if (value === null) return null;
    const isEncrypted = metadata.isEncrypted(path);
    const opened = isEncrypted ? openLeaf(value, key, path) : value;
    if (isEncrypted || !metadata.macOnlyEncrypted) hash.update(bytesOf(opened));
    return opened;
  };
  const opened = branches.map((branch) => walk(branch, []) as SopsTree);
  return { branches: opened, mac: hash.digest('hex').toUpperCase() };
}

/** Throws Error when the content is not what was encrypted. */
export function verifyMac({ mac }: Opened, key: Uint8Array, metadata: SopsMetadata): void {
  const wanted = attempt(() => decryptValue(metadata.mac, key, metadata.lastModified), 'the MAC cannot be decrypted');
  if (wanted !== mac) throw new Error('failed to verify sops data integrity: it was changed after it was encrypted');
}

function openLeaf(value: SopsValue, key: Uint8Array, path: readonly string[]): SopsValue {
  const where = `the value of ${path.join('.')} cannot be decrypted`;
  if (typeof value !== 'string') throw new Error(`${where}: it is not encrypted`);
  return attempt(() => decryptValue(value, key, `${path.join(':')}:`), where);
}

function attempt<T>(run: () => T, problem: string): T {
  try {
    return run();
  } catch (error) {
    throw new Error(`${problem}: ${errorMessage(error)}`, { cause: error });
  }
}

function bytesOf(value: SopsValue): string | Uint8Array {
  if (typeof value === 'number') return formatFloat(value, 'f', -1);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return value as string | Uint8Array;
}
