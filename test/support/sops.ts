import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { armor, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';

/** A key pair of age. */
export interface AgeKey {
  identity: string;
  recipient: string;
}

export async function createAgeKey(): Promise<AgeKey> {
  const identity = await generateIdentity();
  return { identity, recipient: await identityToRecipient(identity) };
}

type Leaf = string | number | boolean;
type Content = { [name: string]: Leaf | Content | Leaf[] };

export interface SopsOptions {
  recipient: string;
  /** Which names are encrypted with all that is below them. */
  encrypted?: RegExp;
}

const lastModified = '2026-11-21T12:00:00Z';

/** What `sops --encrypt` makes of an object: its values encrypted, and the part `sops`. By the documented form of its files. */
export async function encryptObject(content: Content, options: SopsOptions): Promise<Record<string, unknown>> {
  const key = randomBytes(32);
  const hash = createHash('sha512');
  const { encrypted } = options;
  const seal = (value: Leaf | Content | Leaf[], path: readonly string[]): unknown => {
    if (Array.isArray(value)) return value.map((item) => seal(item, path));
    if (typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, seal(item, [...path, name])]));
    hash.update(textOf(value));
    const isMeant = encrypted === undefined || path.some((name) => encrypted.test(name));
    return isMeant ? encryptValue(value, key, `${path.join(':')}:`) : value;
  };
  const sealed = seal(content, []) as Record<string, unknown>;
  const mac = encryptValue(hash.digest('hex').toUpperCase(), key, lastModified);
  const encrypter = new Encrypter();
  encrypter.addRecipient(options.recipient);
  const enc = armor.encode(await encrypter.encrypt(key));
  const rule = encrypted === undefined ? { unencrypted_suffix: '_unencrypted' } : { encrypted_regex: encrypted.source };
  const sops = {
    age: [{ recipient: options.recipient, enc }],
    lastmodified: lastModified,
    mac,
    ...rule,
    version: '3.9.0',
  };
  return { ...sealed, sops };
}

/** An encrypted `.env` file. */
export async function encryptDotenv(content: Record<string, string>, options: SopsOptions): Promise<string> {
  const { sops, ...values } = await encryptObject(content, options);
  const { age, ...rest } = sops as { age: { recipient: string; enc: string }[] } & Record<string, string>;
  const lines = [
    ...Object.entries(values),
    ...age.flatMap((entry, index) =>
      Object.entries(entry).map(([name, value]) => [`sops_age__list_${index}__map_${name}`, value]),
    ),
    ...Object.entries(rest).map(([name, value]) => [`sops_${name}`, value]),
  ];
  return lines.map(([name, value]) => `${name}=${String(value).replaceAll('\n', '\\n')}\n`).join('');
}

function encryptValue(value: Leaf, key: Uint8Array, additionalData: string): string {
  const iv = randomBytes(32);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(additionalData));
  const data = Buffer.concat([cipher.update(textOf(value)), cipher.final()]);
  const parts = { data, iv, tag: cipher.getAuthTag() };
  const fields = Object.entries(parts).map(([name, bytes]) => `${name}:${bytes.toString('base64')}`);
  return `ENC[AES256_GCM,${fields.join(',')},type:${typeOf(value)}]`;
}

function typeOf(value: Leaf): string {
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  return Number.isInteger(value) ? 'int' : 'float';
}

function textOf(value: Leaf): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}
