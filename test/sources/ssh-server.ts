import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { run } from '@croft/foundation/process';

export interface SshServer extends AsyncDisposable {
  /** `ssh://user@127.0.0.1:port`. */
  url: string;
  knownHosts: string;
  /** The private key that is let in, and the passphrase of its other copy. */
  identity: string;
  lockedIdentity: string;
  passphrase: string;
}

/** Debian's OpenSSH server on a port of its own; one key is let in, as the user who runs the test. */
export async function startSshServer(): Promise<SshServer> {
  const dir = await mkdtemp(join(tmpdir(), 'croft-sshd-'));
  const passphrase = 'open sesame';
  const makeKey = (name: string, phrase = '') =>
    run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', phrase, '-C', 'test', '-f', join(dir, name)], {
      timeoutMs: 20_000,
    });
  await makeKey('host');
  await makeKey('identity');
  await makeKey('locked', passphrase);
  const read = (name: string) => readFile(join(dir, name), 'utf8');
  await writeFile(join(dir, 'authorized'), (await read('identity.pub')) + (await read('locked.pub')), { mode: 0o600 });
  await chmod(dir, 0o700);
  await mkdir('/run/sshd', { recursive: true }); // sshd will not start without
  const port = await findFreePort();
  const settings = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${join(dir, 'host')}`,
    `AuthorizedKeysFile ${join(dir, 'authorized')}`,
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
  ];
  await writeFile(join(dir, 'config'), settings.join('\n'));
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(dir, 'config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    await rm(dir, { recursive: true, force: true });
  };
  let told = '';
  for await (const chunk of child.stderr) {
    told += String(chunk);
    if (!told.includes('Server listening')) continue;
    break;
  }
  if (!told.includes('Server listening')) {
    await stop();
    throw new Error(`sshd did not start: ${told}`);
  }
  const [type, key] = (await read('host.pub')).split(' ');
  return {
    url: `ssh://${userInfo().username}@127.0.0.1:${port}`,
    knownHosts: `[127.0.0.1]:${port} ${type} ${key}\n`,
    identity: await read('identity'),
    lockedIdentity: await read('locked'),
    passphrase,
    [Symbol.asyncDispose]: stop,
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
