import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { sha256Digest } from '@croft/foundation/digest';
import { writeFileAtomic } from '@croft/foundation/files';
import { readChart } from '@croft/helm/chart/load';
import { type GpgKey, listKeys, openGpgHome } from './gpg-home.ts';
import { renderMessage } from './message.ts';

export interface Signer {
  /** A user id of the key, or a part of one. */
  key: string;
  /** File with secret keys, as `gpg --export-secret-keys` writes it. */
  keyring: string;
  /** '' when the key has none. */
  passphrase: string;
}

/** Signs a packaged chart: writes its provenance file beside it. Throws when there is no such key or it stays locked. */
export async function signChart(path: string, { key, keyring, passphrase }: Signer): Promise<void> {
  const { metadata } = await readChart(path);
  const message = renderMessage(metadata, basename(path), sha256Digest(await readFile(path)));
  await using home = await openGpgHome(keyring, 'secret');
  const { fingerprint } = chooseKey(await listKeys(home, 'secret'), key);
  // Standard input holds the passphrase first, then what is signed.
  const args = ['--digest-algo', 'SHA512', '--local-user', fingerprint, '--output', '-', '--clearsign'];
  const { stdout } = await home.gpg(args, { input: `${passphrase}\n${message}` });
  await writeFileAtomic(`${path}.prov`, stdout, 0o644);
}

function chooseKey(keys: readonly GpgKey[], id: string): GpgKey {
  const exact = keys.find(({ userIds }) => userIds.includes(id));
  if (exact !== undefined) return exact;
  const [found, ...more] = keys.filter(({ userIds }) => userIds.some((userId) => userId.includes(id)));
  if (more.length > 0) throw new Error(`more than one key contain the id "${id}"`);
  if (found === undefined) throw new Error('private key not found');
  return found;
}
