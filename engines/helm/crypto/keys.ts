import type { KeyObject } from 'node:crypto';
import { errorMessage } from '@croft/foundation/errors';
import { crypto } from '../load-late.ts';

/** The first PEM block of a text; undefined when there is none. */
export function findPem(text: string): { type: string; data: Buffer } | undefined {
  const match = /-----BEGIN ([^-\n]*)-----\s*\n([\s\S]*?)-----END \1-----/.exec(text);
  if (match === null) return undefined;
  const body = (match[2] ?? '').replace(/^(?:[^\n:]+:[^\n]*\n)+\n/, '').replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(body)) return undefined;
  return { type: match[1] ?? '', data: Buffer.from(body, 'base64') };
}

/** A PEM block with lines of 64 characters. */
export function writePem(type: string, data: Uint8Array): string {
  const lines =
    Buffer.from(data)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${type}-----\n${lines.map((line) => `${line}\n`).join('')}-----END ${type}-----\n`;
}

export function generateRsaKey(bits: number): KeyObject {
  return crypto().generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
}

/** Sprig's genPrivateKey. DSA keys take long and are used by nobody; they come all the same. */
export function generateKeyPem(kind: string): string {
  switch (kind) {
    case '':
    case 'rsa':
      return keyPem(generateRsaKey(4096));
    case 'ecdsa':
      return keyPem(crypto().generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
    case 'ed25519':
      return keyPem(crypto().generateKeyPairSync('ed25519').privateKey);
    case 'dsa':
      return keyPem(crypto().generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).privateKey);
    default:
      return `Unknown type ${kind}`;
  }
}

/** A private key in the form that Go gives its kind: PKCS #1, SEC 1, or PKCS #8. */
export function keyPem(key: KeyObject): string {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return writePem('RSA PRIVATE KEY', key.export({ type: 'pkcs1', format: 'der' }));
    case 'ec':
      return writePem('EC PRIVATE KEY', key.export({ type: 'sec1', format: 'der' }));
    default:
      return writePem('PRIVATE KEY', key.export({ type: 'pkcs8', format: 'der' }));
  }
}

/** Reads a private key. Throws with Sprig's words. */
export function parseKeyPem(text: string): KeyObject {
  const block = findPem(text);
  if (block === undefined) throw new Error('no PEM data in input');
  if (block.type === 'PRIVATE KEY') return readKey(block.data, 'pkcs8', 'decoding PEM as PKCS#8');
  if (!block.type.endsWith(' PRIVATE KEY')) {
    throw new Error(`no private key data in PEM block of type ${block.type}`);
  }
  switch (block.type) {
    case 'RSA PRIVATE KEY':
      return readKey(block.data, 'pkcs1', 'parsing RSA private key from PEM');
    case 'EC PRIVATE KEY':
      return readKey(block.data, 'sec1', 'parsing EC private key from PEM');
    default:
      throw new Error(`invalid private key type ${block.type.slice(0, -' PRIVATE KEY'.length)}`);
  }
}

function readKey(data: Buffer, type: 'pkcs1' | 'pkcs8' | 'sec1', context: string): KeyObject {
  try {
    return crypto().createPrivateKey({ key: data, format: 'der', type });
  } catch (error) {
    throw new Error(`${context}: ${errorMessage(error)}`);
  }
}
