import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createAuthority,
  issueCertificate,
  type KeyAndCertificate,
  type LeafRequest,
} from '@croft/foundation/certificates';
import { hasErrorCode } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';

/** The keys of one installation: its own authority and what that signs. */
export interface Pki {
  readonly authority: KeyAndCertificate;
  readonly server: KeyAndCertificate;
  /** A client of group system:masters. */
  readonly admin: KeyAndCertificate;
  /** PEM of the key that signs service account tokens. */
  readonly tokenKey: string;
}

export interface PkiOptions {
  /** Where the keys are kept, each file 0600; made when there are none. */
  readonly dir: string;
  /** Names and addresses at which the server is reached. */
  readonly hosts: readonly string[];
  readonly nowMs: number;
}

const renewBeforeMs = 30 * 24 * 60 * 60 * 1000;

/** Reads the keys of an earlier start, and makes what is missing, about to expire or not fit for the hosts. */
export async function openPki({ dir, hosts, nowMs }: PkiOptions): Promise<Pki> {
  const authority = (await readPair(dir, 'ca')) ?? (await writePair(dir, 'ca', createAuthority('croft', nowMs)));
  const open = async (name: string, request: Omit<LeafRequest, 'nowMs'>): Promise<KeyAndCertificate> => {
    const known = await readPair(dir, name);
    if (known !== undefined && isUsable(known, authority, request.hosts, nowMs)) return known;
    return await writePair(dir, name, issueCertificate(authority, { ...request, nowMs }));
  };
  return {
    authority,
    server: await open('server', { commonName: 'kube-apiserver', hosts: [...new Set(hosts)], days: 3650 }),
    admin: await open('admin', { commonName: 'croft-admin', organization: 'system:masters', hosts: [], days: 3650 }),
    tokenKey: await openTokenKey(dir),
  };
}

async function openTokenKey(dir: string): Promise<string> {
  const path = join(dir, 'service-account.key');
  const known = await readText(path);
  if (known !== undefined) return known;
  const pem = createTokenKey();
  await writeFileAtomic(path, pem);
  return pem;
}

/** A new key for signing service account tokens, in PEM. */
export function createTokenKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function isUsable(
  { certificate }: KeyAndCertificate,
  authority: KeyAndCertificate,
  hosts: readonly string[],
  nowMs: number,
): boolean {
  const parsed = new X509Certificate(certificate);
  if (!parsed.checkIssued(new X509Certificate(authority.certificate))) return false;
  if (Date.parse(parsed.validTo) - nowMs < renewBeforeMs) return false;
  return hosts.every((host) => (isAddress(host) ? parsed.checkIP(host) : parsed.checkHost(host)) !== undefined);
}

const isAddress = (host: string): boolean => /^[\d.]+$|:/.test(host);

async function readPair(dir: string, name: string): Promise<KeyAndCertificate | undefined> {
  const certificate = await readText(join(dir, `${name}.crt`));
  const key = await readText(join(dir, `${name}.key`));
  return certificate === undefined || key === undefined ? undefined : { certificate, key };
}

async function writePair(dir: string, name: string, pair: KeyAndCertificate): Promise<KeyAndCertificate> {
  await writeFileAtomic(join(dir, `${name}.key`), pair.key);
  await writeFileAtomic(join(dir, `${name}.crt`), pair.certificate);
  return pair;
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** A kubeconfig with which kubectl is the administrator. */
export function renderKubeconfig({ authority, admin }: Pki, server: string): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return `apiVersion: v1
kind: Config
clusters:
- name: croft
  cluster:
    server: ${server}
    certificate-authority-data: ${base64(authority.certificate)}
users:
- name: admin
  user:
    client-certificate-data: ${base64(admin.certificate)}
    client-key-data: ${base64(admin.key)}
contexts:
- name: croft
  context:
    cluster: croft
    user: admin
current-context: croft
`;
}
