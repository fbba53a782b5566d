import { X509Certificate } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { issueCertificate, type KeyAndCertificate } from '@croft/foundation/certificates';
import type { Clock } from '@croft/foundation/clock';
import { sha256Hex } from '@croft/foundation/digest';
import { hasErrorCode } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import type { Authority } from './authority.ts';
import { isKeyPair } from './key-pair.ts';

export interface SiteCertificates {
  /**
   * A certificate of the authority for the instance's domain with all names one label below, and one for each other
   * host; made where there is none or a third of its time is left. Those of other hosts are removed.
   */
  ensure(hosts: readonly string[]): Promise<KeyAndCertificate[]>;
}

const dayMs = 24 * 60 * 60 * 1000;
/** Programs trust no certificate for longer than 398 days, or 825 where the authority is a person's own. */
const days = 397;
const renewMs = (days / 3) * dayMs;

/**
 * Certificates lie in `dir`, key and certificate in one file of mode 0600, and outlive restarts. They are given to the
 * front door and not made by it, as Caddy 2.6 takes connections under a new configuration before it has found the
 * certificates that it makes itself.
 */
export function createSiteCertificates(
  dir: string,
  { authority, domain, clock }: { authority: Authority; domain: string; clock: Clock },
): SiteCertificates {
  const kept = new Map<string, KeyAndCertificate>();
  const ensureOne = async (name: string, hosts: readonly string[]): Promise<KeyAndCertificate> => {
    const known = kept.get(name) ?? (await readPair(join(dir, name)));
    if (known !== undefined && isValid(known, clock.now() + renewMs)) return known;
    const made = issueCertificate(authority, { commonName: 'Croft front door', hosts, nowMs: clock.now(), days });
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await writeFileAtomic(join(dir, name), made.key + made.certificate);
    return made;
  };
  return {
    ensure: async (hosts) => {
      const sites = new Map(sitesOf(hosts, domain).map((site) => [nameOf(site, authority), site]));
      for (const [name, site] of sites) kept.set(name, await ensureOne(name, site));
      for (const name of await namesIn(dir)) if (!sites.has(name)) await rm(join(dir, name));
      return [...sites.keys()].flatMap((name) => kept.get(name) ?? []);
    },
  };
}

function sitesOf(hosts: readonly string[], domain: string): string[][] {
  const below = domain.includes('.') ? `.${domain}` : undefined;
  const isCovered = (host: string) =>
    below !== undefined && host.endsWith(below) && !host.slice(0, -below.length).includes('.');
  const others = hosts.filter((host) => host !== '' && host !== domain && !isCovered(host));
  return [[domain, ...(below === undefined ? [] : [`*${below}`])], ...[...new Set(others)].map((host) => [host])];
}

/** Another authority, or other names, have another file. */
function nameOf(hosts: readonly string[], { fingerprint }: Authority): string {
  return `${sha256Hex([fingerprint, ...hosts].join(' ')).slice(0, 32)}.pem`;
}

function isValid({ certificate, key }: KeyAndCertificate, atMs: number): boolean {
  return isKeyPair(certificate, key) && new X509Certificate(certificate).validToDate.getTime() > atMs;
}

async function readPair(path: string): Promise<KeyAndCertificate | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    const start = text.indexOf('-----BEGIN CERTIFICATE-----');
    return { key: text.slice(0, start), certificate: text.slice(start) };
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).filter((name) => name.endsWith('.pem'));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}
