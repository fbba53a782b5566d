import type { KeyObject } from 'node:crypto';
import { crypto, net } from '../load-late.ts';
import { bits, der, integer, NULL, octets, oid, readDer, sequence, set, TRUE, time } from './der.ts';
import { findPem, keyPem, parseKeyPem, writePem } from './keys.ts';

/** A certificate and its private key, both in PEM. */
export interface CertificatePair {
  cert: string;
  key: string;
}

export interface CertificateRequest {
  commonName: string;
  ips: readonly string[];
  dnsNames: readonly string[];
  days: number;
  isAuthority: boolean;
}

/** Who signs: the name and key identifier of its certificate, and its key. */
interface Issuer {
  name: Buffer;
  keyId: Buffer | undefined;
  key: KeyObject;
}

const DAY_MS = 86_400_000;

/** A certificate signed by its own key. */
export function selfSigned(request: CertificateRequest, key: KeyObject, nowMs: number): CertificatePair {
  const name = distinguishedName(request.commonName);
  return { cert: createCertificate(request, key, { name, keyId: undefined, key }, nowMs), key: keyPem(key) };
}

/** A certificate signed by an authority. Throws with Sprig's words when that cannot be read. */
export function signedBy(
  authority: CertificatePair,
  request: CertificateRequest,
  key: KeyObject,
  nowMs: number,
): CertificatePair {
  const block = findPem(authority.cert);
  if (block === undefined) throw new Error('unable to decode certificate');
  const parent = readIssuer(block.data);
  let signer: KeyObject;
  try {
    signer = parseKeyPem(authority.key);
  } catch (error) {
    throw new Error(`error parsing private key: ${(error as Error).message}`);
  }
  if (!new (crypto().X509Certificate)(block.data).checkPrivateKey(signer)) {
    throw new Error("error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey");
  }
  return { cert: createCertificate(request, key, { ...parent, key: signer }, nowMs), key: keyPem(key) };
}

/** Subject and key identifier of a certificate (RFC 5280, 4.1). */
function readIssuer(data: Buffer): { name: Buffer; keyId: Buffer | undefined } {
  try {
    new (crypto().X509Certificate)(data);
    const certificate = readDer(data)[0]?.contents ?? Buffer.alloc(0);
    const fields = readDer(readDer(certificate)[0]?.contents ?? Buffer.alloc(0));
    const first = fields[0]?.tag === 0xa0 ? 1 : 0;
    const name = fields[first + 4]?.whole ?? distinguishedName('');
    const extensions = fields.find((field) => field.tag === 0xa3)?.contents;
    return { name, keyId: extensions === undefined ? undefined : findKeyId(extensions) };
  } catch (error) {
    throw new Error(`error parsing certificate: decodedSignerCert.Bytes: ${(error as Error).message}`);
  }
}

const SUBJECT_KEY_ID = oid('2.5.29.14');

function findKeyId(extensions: Buffer): Buffer | undefined {
  for (const extension of readDer(readDer(extensions)[0]?.contents ?? Buffer.alloc(0))) {
    const parts = readDer(extension.contents);
    if (parts[0]?.whole.equals(SUBJECT_KEY_ID)) return readDer(parts.at(-1)?.contents ?? Buffer.alloc(0))[0]?.contents;
  }
  return undefined;
}

function createCertificate(request: CertificateRequest, key: KeyObject, issuer: Issuer, nowMs: number): string {
  const subject = distinguishedName(request.commonName);
  const publicKey = crypto().createPublicKey(key).export({ type: 'spki', format: 'der' });
  const algorithm = signatureAlgorithm(issuer.key);
  const isSelf = issuer.name.equals(subject);
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(crypto().randomBytes(16)),
    algorithm.identifier,
    issuer.name,
    sequence(time(nowMs), time(nowMs + request.days * DAY_MS)),
    subject,
    publicKey,
    der(0xa3, sequence(...extensions(request, publicKey, isSelf ? undefined : issuer.keyId))),
  );
  return writePem(
    'CERTIFICATE',
    sequence(body, algorithm.identifier, bits(crypto().sign(algorithm.hash, body, issuer.key))),
  );
}

function distinguishedName(commonName: string): Buffer {
  if (commonName === '') return sequence();
  const printable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(commonName);
  const value = der(printable ? 0x13 : 0x0c, Buffer.from(commonName));
  return sequence(set(sequence(oid('2.5.4.3'), value)));
}

function signatureAlgorithm(key: KeyObject): { identifier: Buffer; hash: string | null } {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return { identifier: sequence(oid('1.2.840.113549.1.1.11'), NULL), hash: 'sha256' };
    case 'ec': {
      const curve = key.asymmetricKeyDetails?.namedCurve;
      const size = curve === 'secp384r1' ? 384 : curve === 'secp521r1' ? 512 : 256;
      return { identifier: sequence(oid(`1.2.840.10045.4.3.${size / 128}`)), hash: `sha${size}` };
    }
    case 'ed25519':
      return { identifier: sequence(oid('1.3.101.112')), hash: null };
    default:
      throw new Error('error creating certificate: x509: only RSA, ECDSA and Ed25519 keys supported');
  }
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return critical ? sequence(oid(id), TRUE, octets(value)) : sequence(oid(id), octets(value));
}

function extensions(request: CertificateRequest, publicKey: Buffer, issuerKeyId: Buffer | undefined): Buffer[] {
  const usage = request.isAuthority ? bits(Buffer.from([0xa4]), 2) : bits(Buffer.from([0xa0]), 5);
  const list = [
    extension('2.5.29.15', true, usage),
    extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2'))),
    extension('2.5.29.19', true, request.isAuthority ? sequence(TRUE) : sequence()),
  ];
  if (request.isAuthority) list.push(extension('2.5.29.14', false, octets(keyIdOf(publicKey))));
  if (issuerKeyId !== undefined) list.push(extension('2.5.29.35', false, sequence(der(0x80, issuerKeyId))));
  const names = [
    ...request.dnsNames.map((name) => der(0x82, Buffer.from(name))),
    ...request.ips.map((ip) => der(0x87, ipBytes(ip))),
  ];
  if (names.length > 0) list.push(extension('2.5.29.17', request.commonName === '', sequence(...names)));
  return list;
}

/** The hash of the bits of the public key (RFC 5280, 4.2.1.2). */
function keyIdOf(publicKey: Buffer): Buffer {
  const key = readDer(readDer(publicKey)[0]?.contents ?? Buffer.alloc(0))[1]?.contents ?? Buffer.alloc(0);
  return crypto().createHash('sha1').update(key.subarray(1)).digest();
}

/** Whether Go's net.ParseIP takes the text. */
export function isIpAddress(text: string): boolean {
  return net().isIPv4(text) || (net().isIPv6(text) && !text.includes('%'));
}

function ipBytes(text: string): Buffer {
  if (net().isIPv4(text)) return Buffer.from(text.split('.').map(Number));
  const mapped = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const plain =
    mapped === null ? text : `${mapped[1]}${hexPair(mapped[2], mapped[3])}:${hexPair(mapped[4], mapped[5])}`;
  const [head = '', tail] = plain.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const all = [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
  const bytes = Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff;
  return isMapped ? bytes.subarray(12) : bytes;
}

function hexPair(high = '0', low = '0'): string {
  return (Number(high) * 256 + Number(low)).toString(16);
}
