import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorMessage, hasErrorCode } from '@croft/foundation/errors';
import { type RunOptions, type RunResult, run } from '@croft/foundation/process';

/** GnuPG with one keyring: the user's other keys, settings and trust do not count. */
export interface GpgHome extends AsyncDisposable {
  /** Runs gpg. Throws ProcessError. */
  gpg(args: readonly string[], options?: Partial<RunOptions>): Promise<RunResult>;
}

export interface GpgKey {
  fingerprint: string;
  /** `NAME (COMMENT) <EMAIL>` */
  userIds: string[];
}

const timeoutMs = 60_000;

/**
 * Opens a keyring: keys as `gpg --export` or `--export-secret-keys` writes them, or GnuPG's own `pubring.kbx`. For secret
 * keys, `input` of each run is their passphrase. Throws ProcessError, and when there is no such file.
 */
export async function openGpgHome(path: string, kind: 'public' | 'secret'): Promise<GpgHome> {
  const keyring = findKeyring(path);
  const isBox = await isKeybox(keyring);
  // In the system's folder for such things: the sockets of GnuPG's agent need a short path.
  const home = await mkdtemp(join(tmpdir(), 'croft-gpg-'));
  const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', GNUPGHOME: home };
  const common = ['--batch', '--no-tty', '--quiet', '--trust-model', 'always'];
  // Only secret keys need the agent.
  common.push(...(kind === 'public' ? ['--no-autostart'] : ['--pinentry-mode', 'loopback', '--passphrase-fd', '0']));
  const gpg = (args: readonly string[], options: Partial<RunOptions> = {}) =>
    run('gpg', [...common, ...args], { timeoutMs, env, ...options });
  const close = async () => {
    if (kind === 'secret') await run('gpgconf', ['--kill', 'gpg-agent'], { timeoutMs, env });
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    if (isBox) await copyFile(keyring, join(home, 'pubring.kbx'));
    else await gpg(['--import', '--', keyring], { input: '' });
  } catch (error) {
    await close();
    throw error;
  }
  return { gpg, [Symbol.asyncDispose]: close };
}

/** Where helm looks for `pubring.gpg`, GnuPG has kept its keys in `pubring.kbx` since 2.1. */
function findKeyring(path: string): string {
  const box = path.replace(/pubring\.gpg$/, 'pubring.kbx');
  return !existsSync(path) && existsSync(box) ? box : path;
}

async function isKeybox(path: string): Promise<boolean> {
  try {
    await using file = await open(path);
    const { buffer } = await file.read(Buffer.alloc(12), 0, 12, 0);
    return buffer.toString('latin1', 8, 12) === 'KBXf';
  } catch (error) {
    const problem = hasErrorCode(error, 'ENOENT') ? `open ${path}: no such file or directory` : errorMessage(error);
    throw new Error(`failed to load keyring: ${problem}`, { cause: error });
  }
}

/** The keys of the keyring; those with this fingerprint when one is given. */
export async function listKeys(home: GpgHome, kind: 'public' | 'secret', fingerprint?: string): Promise<GpgKey[]> {
  const list = kind === 'public' ? '--list-keys' : '--list-secret-keys';
  const { stdout } = await home.gpg(['--with-colons', list, ...(fingerprint === undefined ? [] : [fingerprint])]);
  const keys: GpgKey[] = [];
  let last = '';
  for (const fields of stdout.split('\n').map((line) => line.split(':'))) {
    const [type = ''] = fields;
    const text = fields[9] ?? '';
    // The fingerprint of the key itself follows it; those of its subkeys follow them.
    if (type === 'fpr' && (last === 'pub' || last === 'sec')) keys.push({ fingerprint: text, userIds: [] });
    if (type === 'uid') keys.at(-1)?.userIds.push(unescapeColons(text));
    if (type !== 'grp') last = type;
  }
  return keys;
}

/** Listings write a colon within a text as `\x3a`. */
function unescapeColons(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
