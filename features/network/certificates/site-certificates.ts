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

interface Site {
  pair: KeyAndCertificate;
  untilMs: number;
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
  let kept = new Map<string, Site>();
  const ensureOne = async (name: string, hosts: readonly string[]): Promise<Site> => {
    const known = kept.get(name) ?? (await readSite(join(dir, name)));
    if (known !== undefined && known.untilMs - clock.now() > renewMs) return known;
    const made = issueCertificate(authority, { commonName: 'Croft front door', hosts, nowMs: clock.now(), days });
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await writeFileAtomic(join(dir, name), made.key + made.certificate);
    return siteOf(made);
  };
  return {
    ensure: async (hosts) => {
      const sites = new Map(sitesOf(hosts, domain).map((site) => [nameOf(site, authority), site]));
      const ensured = new Map<string, Site>();
      for (const [name, site] of sites) ensured.set(name, await ensureOne(name, site));
      for (const name of await namesIn(dir)) if (!sites.has(name)) await rm(join(dir, name));
      kept = ensured;
      return [...ensured.values()].map(({ pair }) => pair);
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

function siteOf(pair: KeyAndCertificate): Site {
  return { pair, untilMs: new X509Certificate(pair.certificate).validToDate.getTime() };
}

/** Undefined when there is none that can be used. */
async function readSite(path: string): Promise<Site | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    const start = text.indexOf('-----BEGIN CERTIFICATE-----');
    const pair = { key: text.slice(0, start), certificate: text.slice(start) };
    return isKeyPair(pair.certificate, pair.key) ? siteOf(pair) : undefined;
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
