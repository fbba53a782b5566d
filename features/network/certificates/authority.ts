import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority } from '@croft/foundation/certificates';
import type { Clock } from '@croft/foundation/clock';
import { sha256Hex } from '@croft/foundation/digest';
import { hasErrorCode, UserError } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import { isKeyPair } from './key-pair.ts';

/** The instance's certificate authority: what a person trusts in the browser. */
export interface Authority {
  certificatePath: string;
  certificate: string;
  key: string;
  /** Changes when the authority does. */
  fingerprint: string;
}

/**
 * Reads the authority from `ca.crt` and `ca.key` in `dir`, or makes one (ECDSA P-256, ten years). The key is kept with
 * mode 0600; the certificate is for everybody. Throws UserError when only one of the two is there or they do not match.
 */
export async function ensureAuthority(dir: string, commonName: string, clock: Clock): Promise<Authority> {
  const certificatePath = join(dir, 'ca.crt');
  const keyPath = join(dir, 'ca.key');
  const [certificate, key] = [await readIfThere(certificatePath), await readIfThere(keyPath)];
  if (certificate !== undefined && key !== undefined) {
    validatePair(certificate, key, dir);
    return { certificatePath, certificate, key, fingerprint: fingerprintOf(certificate) };
  }
  if (certificate !== undefined) {
    throw new UserError(`${keyPath} is missing: restore it, or remove ${certificatePath} to get a new authority`);
  }
  const made = createAuthority(commonName, clock.now());
  await writeFileAtomic(keyPath, made.key, 0o600);
  await writeFileAtomic(certificatePath, made.certificate, 0o644);
  return { certificatePath, ...made, fingerprint: fingerprintOf(made.certificate) };
}

function validatePair(certificate: string, key: string, dir: string): void {
  if (!isKeyPair(certificate, key)) {
    throw new UserError(`ca.crt and ca.key in ${dir} do not belong together: restore both from one backup`);
  }
}

function fingerprintOf(certificate: string): string {
  return sha256Hex(new X509Certificate(certificate).raw);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
