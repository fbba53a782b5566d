import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createAuthority, issueCertificate, type KeyAndCertificate } from '@croft/foundation/certificates';
import bcrypt from 'bcryptjs';

export interface TestRegistry extends AsyncDisposable {
  /** 127.0.0.1 and the port. */
  host: string;
  /** Of the authority that its certificate is from; '' without TLS. */
  ca: string;
}

export interface TestRegistryOptions {
  /** Asks for this user and password. */
  user?: { username: string; password: string };
  /** Asks for tokens of this service, signed by the authority's key. */
  tokens?: { realm: string; service: string; issuer: string; authority: KeyAndCertificate };
  tls?: boolean;
}

/** Debian's registry (docker-registry) on a port of its own, with nothing in it; all is gone when it is disposed. */
export async function startTestRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const dir = await mkdtemp(join(tmpdir(), 'croft-registry-'));
  const { lines, ca } = await writeConfig(dir, options);
  const config = join(dir, 'config.yml');
  await writeFile(config, lines.join('\n'));
  const child = spawn('docker-registry', ['serve', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    await rm(dir, { recursive: true, force: true });
  };
  try {
    return { host: await readAddress(child), ca, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function writeConfig(dir: string, { user, tokens, tls }: TestRegistryOptions) {
  await mkdir(join(dir, 'data'));
  const write = async (name: string, text: string) => {
    await writeFile(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  const lines = ['version: 0.1', 'log: {level: info}', `storage: {filesystem: {rootdirectory: ${join(dir, 'data')}}}`];
  lines.push('http:', '  addr: 127.0.0.1:0');
  let ca = '';
  if (tls === true) {
    const nowMs = Date.now();
    const authority = createAuthority('test registries', nowMs);
    const leaf = issueCertificate(authority, { commonName: 'registry', hosts: ['127.0.0.1'], nowMs, days: 1 });
    const certificate = await write('tls.crt', leaf.certificate);
    lines.push(`  tls: {certificate: ${certificate}, key: ${await write('tls.key', leaf.key)}}`);
    ca = authority.certificate;
  }
  if (user !== undefined) {
    const file = await write('htpasswd', `${user.username}:${bcrypt.hashSync(user.password, 4)}\n`);
    lines.push(`auth: {htpasswd: {realm: test, path: ${file}}}`);
  }
  if (tokens !== undefined) {
    const { realm, service, issuer, authority } = tokens;
    const bundle = await write('tokens.crt', authority.certificate);
    lines.push(`auth: {token: {realm: "${realm}", service: ${service}, issuer: ${issuer}, rootcertbundle: ${bundle}}}`);
  }
  return { lines, ca };
}

/** The address that the registry names in its log once it listens. */
async function readAddress(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('docker-registry has no output');
  const seen: string[] = [];
  const reader = createInterface(child.stderr);
  for await (const line of reader) {
    seen.push(line);
    const [, address] = /listening on ([0-9.]+:[0-9]+)/.exec(line) ?? [];
    if (address === undefined) continue;
    // What it says later is read, too, so that it never waits for a reader.
    reader.close();
    child.stderr.resume();
    return address;
  }
  throw new Error(`docker-registry did not start: ${seen.join('\n')}`);
}
