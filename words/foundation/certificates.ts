import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { isIPv6 } from 'node:net';
import {
  bits,
  boolean,
  type Der,
  explicit,
  implicit,
  integer,
  objectId,
  octets,
  sequence,
  set,
  time,
  utf8,
} from './der.ts';
import type { SigningRequest } from './signing-request.ts';

const dayMs = 24 * 60 * 60 * 1000;

export interface KeyAndCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

export interface LeafRequest {
  readonly commonName: string;
  readonly organization?: string;
  /** DNS names and addresses of a server; none for a client. */
  readonly hosts: readonly string[];
  readonly nowMs: number;
  readonly days: number;
}

const ids = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKey: '2.5.29.14',
  keyUsage: '2.5.29.15',
  alternativeNames: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKey: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
};

/** A self-signed authority. Keys are on the curve P-256: made in a millisecond, verified fast. */
export function createAuthority(commonName: string, nowMs: number): KeyAndCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = nameOf(commonName);
  const keyId = keyIdOf(publicKey);
  const certificate = certify({
    subject: name,
    issuer: name,
    publicKey,
    signer: privateKey,
    fromMs: nowMs - dayMs,
    untilMs: nowMs + 3650 * dayMs,
    extensions: [
      extension(ids.basicConstraints, sequence(boolean(true)), true),
      extension(ids.keyUsage, bits(Buffer.from([0b1000_0110]), 1), true),
      extension(ids.subjectKey, octets(keyId)),
    ],
  });
  return withKey(privateKey, certificate);
}

/** A certificate for a server (with hosts) or a client (without), signed by the authority. */
export function issueCertificate(authority: KeyAndCertificate, request: LeafRequest): KeyAndCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { commonName, organization, hosts, nowMs, days } = request;
  const issuer = new X509Certificate(authority.certificate);
  const usage = hosts.length > 0 ? ids.serverAuth : ids.clientAuth;
  const certificate = certify({
    subject: nameOf(commonName, organization),
    issuer: nameOf(/CN=(.*)/.exec(issuer.subject)?.[1] ?? ''),
    publicKey,
    signer: createPrivateKey(authority.key),
    fromMs: nowMs - dayMs,
    untilMs: nowMs + days * dayMs,
    extensions: [
      extension(ids.basicConstraints, sequence(), true),
      extension(ids.keyUsage, bits(Buffer.from([0b1000_0000]), 7), true),
      extension(ids.extendedKeyUsage, sequence(objectId(usage))),
      extension(ids.authorityKey, sequence(implicit(0, keyIdOf(issuer.publicKey)))),
      ...(hosts.length > 0 ? [extension(ids.alternativeNames, sequence(...hosts.map(alternativeName)))] : []),
    ],
  });
  return withKey(privateKey, certificate);
}

export interface SignOptions {
  readonly nowMs: number;
  readonly seconds: number;
  /** What the key may do, as Kubernetes names it: `digital signature`, `key encipherment`, `client auth`, `server auth`. */
  readonly usages: readonly string[];
}

/** PEM of a certificate for who asks with a key of its own; it does not outlive the authority. */
export function signRequest(authority: KeyAndCertificate, request: SigningRequest, options: SignOptions): string {
  const issuer = new X509Certificate(authority.certificate);
  const { nowMs, seconds, usages } = options;
  const purposes = Object.entries(purposeIds).flatMap(([usage, id]) => (usages.includes(usage) ? [objectId(id)] : []));
  return certify({
    subject: request.subject,
    issuer: nameOf(/CN=(.*)/.exec(issuer.subject)?.[1] ?? ''),
    publicKey: request.publicKey,
    signer: createPrivateKey(authority.key),
    fromMs: nowMs - 5 * 60_000,
    untilMs: Math.min(nowMs + seconds * 1000, Date.parse(issuer.validTo)),
    extensions: [
      extension(ids.basicConstraints, sequence(), true),
      ...keyUsage(usages),
      ...(purposes.length === 0 ? [] : [extension(ids.extendedKeyUsage, sequence(...purposes))]),
      extension(ids.authorityKey, sequence(implicit(0, keyIdOf(issuer.publicKey)))),
      ...(request.alternativeNames === undefined ? [] : [request.alternativeNames]),
    ],
  });
}

/** RFC 5280, section 4.2.1.3: the bits up to the last that is set. */
function keyUsage(usages: readonly string[]): Der[] {
  const value =
    (usages.includes('digital signature') ? 0b1000_0000 : 0) | (usages.includes('key encipherment') ? 0b0010_0000 : 0);
  if (value === 0) return [];
  return [extension(ids.keyUsage, bits(Buffer.from([value]), value & 0b0010_0000 ? 5 : 7), true)];
}

const purposeIds = { 'server auth': ids.serverAuth, 'client auth': ids.clientAuth };

interface Certificate {
  readonly subject: Der;
  readonly issuer: Der;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly extensions: readonly Der[];
}

/** RFC 5280, section 4.1. */
function certify({ subject, issuer, publicKey, signer, fromMs, untilMs, extensions }: Certificate): string {
  const algorithm = sequence(objectId(ids.ecdsaWithSha256));
  const serial = randomBytes(16);
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  const content = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    issuer,
    sequence(time(fromMs), time(untilMs)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions)),
  );
  const whole = sequence(content, algorithm, bits(sign('sha256', content, signer)));
  return pem('CERTIFICATE', whole);
}

function withKey(key: KeyObject, certificate: string): KeyAndCertificate {
  return { certificate, key: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function nameOf(commonName: string, organization?: string): Der {
  const part = (id: string, value: string) => set(sequence(objectId(id), utf8(value)));
  const parts = organization === undefined ? [] : [part(ids.organization, organization)];
  return sequence(...parts, part(ids.commonName, commonName));
}

function extension(id: string, value: Der, critical = false): Der {
  return sequence(objectId(id), ...(critical ? [boolean(true)] : []), octets(value));
}

function alternativeName(host: string): Der {
  if (/^\d+(\.\d+){3}$/.test(host)) return implicit(7, Buffer.from(host.split('.').map(Number)));
  return isIPv6(host) ? implicit(7, ipv6Bytes(host)) : implicit(2, Buffer.from(host));
}

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const left = groups(head);
  const right = groups(tail ?? '');
  const middle = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return Buffer.from([...left, ...middle, ...right].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function keyIdOf(key: KeyObject): Buffer {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);
}

function pem(label: string, der: Der): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
