import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessError, run } from '@croft/foundation/process';

/** Public keys of those whose signatures count: PGP in armour, and lines of OpenSSH. */
export interface TrustedKeys {
  pgp: readonly string[];
  ssh: readonly string[];
}

export interface SignedObject {
  /** Where the object is. */
  gitDir: string;
  kind: 'commit' | 'tag';
  object: string;
  /** The object's text. */
  text: string;
}

/** A signature that is missing, or by nobody we trust. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
}

const timeoutMs = 30_000;

/** Whether the object has a signature at all. */
export function isSigned({ text }: Pick<SignedObject, 'text'>): boolean {
  return /-----BEGIN (PGP|SSH) (SIGNATURE|MESSAGE)-----/.test(text);
}

/** Gives the key by which the object is signed: a PGP key's id or the fingerprint of an SSH key. Throws SignatureError. */
export async function verifySignature(signed: SignedObject, keys: TrustedKeys): Promise<string> {
  if (!isSigned(signed)) throw new SignatureError(`the ${signed.kind} is not signed`);
  const isSsh = signed.text.includes('-----BEGIN SSH SIGNATURE-----');
  if (isSsh && keys.ssh.length === 0)
    throw new SignatureError(
      'it is signed with an SSH key, but the Secret has no such keys (names that end in .sshpub)',
    );
  if (!isSsh && keys.pgp.length === 0)
    throw new SignatureError('it is signed with a PGP key, but the Secret has no such keys (names that end in .asc)');
  const home = await mkdtemp(join(tmpdir(), 'croft-keys-'));
  try {
    return isSsh ? await verifySsh(signed, keys.ssh, home) : await verifyPgp(signed, keys.pgp, home);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function verifyPgp(signed: SignedObject, keys: readonly string[], home: string): Promise<string> {
  for (const key of keys) {
    await run('gpg', ['--homedir', home, '--batch', '--no-autostart', '--quiet', '--import'], {
      timeoutMs,
      env: environment(home),
      input: key,
    }).catch((error: unknown) => {
      throw new SignatureError('a PGP key of the Secret cannot be read', { cause: error });
    });
  }
  const told = await verify(signed, home, []);
  const fingerprint = /^\[GNUPG:\] VALIDSIG \S+(?: \S+)* (\S+)$/m.exec(told)?.[1];
  if (fingerprint === undefined) throw new SignatureError(`gpg does not say by which key: ${told.trim()}`);
  return fingerprint.slice(-16);
}

async function verifySsh(signed: SignedObject, keys: readonly string[], home: string): Promise<string> {
  const lines = keys.flatMap((key) => key.split('\n')).filter((line) => /^[a-z]/.test(line.trim()));
  const signers = join(home, 'allowed-signers');
  await writeFile(signers, lines.map((line) => `* namespaces="git" ${line.trim()}\n`).join(''), { mode: 0o600 });
  const told = await verify(signed, home, ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${signers}`]);
  return /key (SHA256:\S+)/.exec(told)?.[1] ?? 'SSH';
}

async function verify({ gitDir, kind, object }: SignedObject, home: string, settings: string[]): Promise<string> {
  const args = ['--git-dir', gitDir, ...settings, `verify-${kind}`, '--raw', object];
  try {
    const { stdout, stderr } = await run('git', args, { timeoutMs, env: environment(home) });
    return `${stdout}\n${stderr}`;
  } catch (error) {
    if (!(error instanceof ProcessError) || error.exitCode === undefined) throw error;
    throw new SignatureError(describeFailure(error.stderr), { cause: error });
  }
}

function describeFailure(stderr: string): string {
  const state = (word: string) => new RegExp(`^\\[GNUPG:\\] ${word} (\\S+)`, 'm').exec(stderr)?.[1];
  const unknown = state('NO_PUBKEY');
  if (unknown !== undefined) return `it is signed by the key ${unknown}, which is not among those of the Secret`;
  const bad = state('BADSIG');
  if (bad !== undefined) return `the signature by the key ${bad} does not fit the contents`;
  if (state('EXPKEYSIG') ?? state('EXPSIG')) return 'the signature or its key has expired';
  if (state('REVKEYSIG')) return 'its key has been revoked';
  if (/No principal matched|Could not verify/.test(stderr))
    return 'it is signed by a key that is not among those of the Secret';
  return stderr.trim() || 'the signature is not valid';
}

function environment(home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: '/nonexistent',
    GNUPGHOME: home,
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
  };
}
