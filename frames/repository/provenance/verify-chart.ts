import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { sha256Digest } from '@croft/foundation/digest';
import { errorMessage, hasErrorCode } from '@croft/foundation/errors';
import { listKeys, openGpgHome } from './gpg-home.ts';
import { parseMessage } from './message.ts';

export interface Verification {
  /** The user ids of the key that signed. */
  signedBy: string[];
  /** Of the key, in capital hexadecimal digits. */
  fingerprint: string;
  /** Of the archive. */
  digest: string;
}

/**
 * Checks a packaged chart against the provenance file beside it and the keys of a keyring, as `helm verify` does. Throws
 * with what is missing, wrong or not trusted.
 */
export async function verifyChart(path: string, keyring: string): Promise<Verification> {
  if ((await stat(path)).isDirectory()) throw new Error('unpacked charts cannot be verified');
  if (!/\.tgz$/i.test(path)) throw new Error('chart must be a tgz file');
  const provenance = `${path}.prov`;
  await stat(provenance).catch((error: unknown) => {
    const missing = hasErrorCode(error, 'ENOENT');
    const problem = missing ? `stat ${provenance}: no such file or directory` : errorMessage(error);
    throw new Error(`could not load provenance file ${provenance}: ${problem}`, { cause: error });
  });
  const { message, ...signer } = await readSigned(provenance, keyring);
  const name = basename(path);
  const expected = parseMessage(message).get(name);
  const digest = sha256Digest(await readFile(path));
  if (expected === undefined) throw new Error(`provenance does not contain a SHA for a file named "${name}"`);
  if (expected !== digest) throw new Error(`sha256 sum does not match for ${name}: "${expected}" != "${digest}"`);
  return { ...signer, digest };
}

/** The text of a signed file, if a key of the keyring signed it. */
async function readSigned(path: string, keyring: string) {
  await using home = await openGpgHome(keyring, 'public');
  const { stdout, stderr } = await home.gpg(['--status-fd', '2', '--decrypt', '--', path], { okExitCodes: [0, 1, 2] });
  const status = new Map<string, string[]>();
  for (const [, keyword = '', rest = ''] of stderr.matchAll(/^\[GNUPG:\] (\S+) ?(.*)$/gm)) {
    if (keyword === 'NEWSIG' && status.has(keyword)) throw new Error(`${path} has more than one signature`);
    status.set(keyword, rest.split(' '));
  }
  const fingerprint = status.get('VALIDSIG')?.at(-1);
  const isGood =
    status.has('GOODSIG') && fingerprint !== undefined && !problems.some(([keyword]) => status.has(keyword));
  if (!isGood) throw new Error(describeProblem(status, path, keyring, stderr));
  const [key] = await listKeys(home, 'public', fingerprint);
  return { message: stdout, signedBy: key?.userIds ?? [], fingerprint };
}

const problems: readonly (readonly [keyword: string, problem: string])[] = [
  ['NO_PUBKEY', 'openpgp: signature made by unknown entity'],
  ['BADSIG', 'openpgp: invalid signature: the text was changed after it was signed'],
  ['EXPSIG', 'the signature has expired'],
  ['EXPKEYSIG', 'openpgp: key expired'],
  ['REVKEYSIG', 'the key that signed was revoked'],
  ['NODATA', 'failed to decode signature: signature block not found'],
  ['ERRSIG', 'the signature could not be checked'],
];

function describeProblem(status: Map<string, string[]>, path: string, keyring: string, output: string): string {
  const [keyword, problem] = problems.find(([key]) => status.has(key)) ?? [];
  if (keyword === undefined) return `${path} could not be verified: ${output.trim().slice(-500)}`;
  const key = keyword === 'NODATA' ? '' : ` (key ${status.get(keyword)?.[0] ?? ''}, keyring ${keyring})`;
  return `${problem}${key}`;
}
