import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorMessage } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import { showUrl } from '../http/connection.ts';
import { checkDigest, fetchArchive } from '../index/fetch-archive.ts';
import { pullChart } from '../oci/pull-chart.ts';
import { formatReference, UNDERSCORE_NOTE } from '../oci/reference.ts';
import { type Verification, verifyChart } from '../provenance/verify-chart.ts';
import type { FoundChart } from './find-chart.ts';

/** What is done about a chart's provenance: nothing, fetch it, check it if it is there, or check it always. */
export type Verify = 'never' | 'later' | 'ifPossible' | 'always';

export interface Downloaded {
  /** The archive; its provenance file lies beside it. */
  path: string;
  verification: Verification | undefined;
}

interface Fetched {
  name: string;
  archive: Uint8Array;
  provenance: Uint8Array | undefined;
}

/** Fetches a packaged chart into a folder. Throws FetchError, DigestError, and what cannot be verified. */
export async function downloadChart(
  found: FoundChart,
  folder: string,
  { verify, keyring, say }: { verify: Verify; keyring: string; say: (text: string) => void },
): Promise<Downloaded> {
  const fetched =
    found.kind === 'oci' ? await fetchFromRegistry(found, verify, say) : await fetchFromUrl(found, verify, say);
  const checked = fetched.provenance !== undefined && verify !== 'later';
  const verification = checked ? await verifyFetched(fetched, keyring) : undefined;
  const path = join(folder, fetched.name);
  await writeFetched(fetched, path);
  return { path, verification };
}

/** Checks what was fetched before it is put where it belongs. */
async function verifyFetched(fetched: Fetched, keyring: string): Promise<Verification> {
  const folder = await mkdtemp(join(tmpdir(), 'croft-verify-'));
  try {
    const path = join(folder, fetched.name);
    await writeFetched(fetched, path);
    return await verifyChart(path, keyring);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeFetched({ archive, provenance }: Fetched, path: string): Promise<void> {
  await writeFileAtomic(path, archive, 0o644);
  if (provenance !== undefined) await writeFileAtomic(`${path}.prov`, provenance, 0o644);
}

async function fetchFromUrl(
  { url, repository, connection, digest }: FoundChart & { kind: 'http' },
  verify: Verify,
  say: (text: string) => void,
): Promise<Fetched> {
  const archive = await fetchArchive(url, repository, connection);
  checkDigest(archive, digest, showUrl(url));
  const { pathname, href } = new URL(url);
  const name = decodeURIComponent(pathname.slice(pathname.lastIndexOf('/') + 1));
  if (name === '' || /[/\\\0]/.test(name)) throw new Error(`${showUrl(url)} names no file`);
  if (verify === 'never') return { name, archive, provenance: undefined };
  const proofUrl = new URL(href);
  proofUrl.pathname += '.prov';
  try {
    return { name, archive, provenance: await fetchArchive(proofUrl.href, repository, connection) };
  } catch (error) {
    return missingProvenance(showUrl(proofUrl.href), { name, archive }, verify, errorMessage(error), say);
  }
}

async function fetchFromRegistry(
  { registry, reference }: FoundChart & { kind: 'oci' },
  verify: Verify,
  say: (text: string) => void,
): Promise<Fetched> {
  const pulled = await pullChart(registry, reference, { withProvenance: verify !== 'never' });
  const { repository, tag, digest } = reference;
  const shown = formatReference(reference);
  if (pulled.oldMediaType) say('Warning: chart media type application/tar+gzip is deprecated');
  say(`Pulled: ${shown}`);
  say(`Digest: ${pulled.digest}`);
  if (shown.includes('_')) say(`${shown} contains an underscore.\n${UNDERSCORE_NOTE}`);
  const base = repository.slice(repository.lastIndexOf('/') + 1);
  const version = tag === '' ? `@${digest.replace(':', '-')}` : `-${tag.replaceAll('_', '+')}`;
  const fetched = { name: `${base}${version}.tgz`, archive: pulled.archive };
  if (pulled.provenance !== undefined || verify === 'never') return { ...fetched, provenance: pulled.provenance };
  return missingProvenance(`oci://${shown}.prov`, fetched, verify, 'the manifest has no layer for it', say);
}

function missingProvenance(
  url: string,
  fetched: { name: string; archive: Uint8Array },
  verify: Verify,
  problem: string,
  say: (text: string) => void,
): Fetched {
  if (verify === 'always') throw new Error(`failed to fetch provenance "${url}": ${problem}`);
  say(`WARNING: Verification not found for ${url}: ${problem}`);
  return { ...fetched, provenance: undefined };
}
