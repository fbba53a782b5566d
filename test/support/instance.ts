import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@croft/foundation/clock';
import { type RunResult, run } from '@croft/foundation/process';
import { findDaemon, spawnDaemon } from '@croft/platform/daemon';
import { freePort } from './free-port.ts';

const root = join(import.meta.dirname, '..', '..');
const main = join(root, 'programs', 'cli', 'main.ts');

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface AskOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** A whole Croft on this machine, used as a person uses it: by its commands, kubectl, git and HTTPS. */
export interface TestInstance {
  dataDir: string;
  domain: string;
  httpsPort: number;
  httpPort: number;
  apiPort: number;
  /** Runs `croft COMMAND --data-dir ...`; rejects with its error text. */
  croft(...args: string[]): Promise<string>;
  /** The same for commands that may fail: gives the exit code (0, 1 or 2) and what was printed. */
  attempt(...args: string[]): Promise<RunResult>;
  kubectl(...args: string[]): Promise<string>;
  /** GET over TLS through the front door, with the instance's own authority trusted and no other. */
  ask(host: string, path?: string, options?: AskOptions): Promise<Answer>;
  /** Commits files to the instance's repository and pushes them; `pushing` is called just before the push itself. */
  push(files: Record<string, string | undefined>, pushing?: () => void): Promise<void>;
  /** Reads a file of the repository as it was last pushed. */
  readPushed(file: string): Promise<string>;
  /** Kills the Croft process, as a crash would. Gives whether one ran. */
  killCroft(): Promise<boolean>;
  /** Starts the Croft process alone, as a supervisor would; waits for nothing. */
  startCroft(): void;
}

/** Where work for the end is left, as in a TestContext. */
export interface Cleanup {
  after(work: () => Promise<void>): void;
}

export interface StartOptions {
  /** The folder that the instance's repository is filled with. */
  catalog?: string;
  /** What `settings.yaml` enables at first. */
  applications: readonly string[];
  upTimeoutMs?: number;
  /** Called with the data directory before anything is in it; what it gives is disposed after the instance is gone. */
  prepare?: (dataDir: string) => Promise<AsyncDisposable>;
  /** Runs commands by the launcher, as people do, and not from the sources directly. */
  launcher?: boolean;
  /** Each command is a host of its own: when it ends, so does all that it started, as by a loss of power. */
  hostEachCommand?: boolean;
  onOutput?: (text: string) => void;
}

/** Runs a command with processes and named network namespaces of its own. */
const ownHost = [
  ...['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', '--'],
  ...['sh', '-c', 'mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns && exec "$0" "$@"'],
];

/** `croft up` with an instance of its own; `croft uninstall` after the test. */
export async function startInstance(t: Cleanup, options: StartOptions): Promise<TestInstance> {
  const scratch = await mkdtemp(join(tmpdir(), 'croft-test-'));
  const dataDir = join(scratch, 'data');
  const httpPort = await freePort();
  const httpsPort = await freePort();
  const apiPort = await freePort();
  const gitPort = await freePort();
  const domain = 'croft.localhost';
  // As the launcher has it: compiled code is kept over starts.
  const compiled = { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, '.tools', 'compile-cache') };
  const env = {
    ...process.env,
    ...compiled,
    ...(options.catalog === undefined ? {} : { CROFT_CATALOG: options.catalog }),
  };
  const [program, ...programArguments] = [
    ...(options.hostEachCommand === true ? ownHost : []),
    ...(options.launcher === true ? [join(root, 'croft')] : [process.execPath, main]),
  ] as [string, ...string[]];
  const runCroft = async ([command = '', ...rest]: string[], okExitCodes: number[]) =>
    await run(program, [...programArguments, command, '--data-dir', dataDir, ...rest], {
      timeoutMs: options.upTimeoutMs ?? 10 * 60_000,
      env,
      okExitCodes,
      onOutput: (chunk) => options.onOutput?.(chunk.toString()),
    });
  const croft = async (...args: string[]) => (await runCroft(args, [0])).stdout;
  t.after(async () => {
    // When uninstall fails its folder stays, for it says what is left.
    const { exitCode, stderr } = await runCroft(['uninstall', '--yes'], [0, 1]);
    if (exitCode !== 0 && !/there is no Croft/.test(stderr)) throw new Error(`croft uninstall: ${stderr}`);
    await prepared?.[Symbol.asyncDispose]();
    await rm(scratch, { recursive: true, force: true });
  });
  let prepared: AsyncDisposable | undefined;
  let startedPid: number | undefined;
  const ports = ['--http-port', httpPort, '--https-port', httpsPort, '--api-port', apiPort, '--git-port', gitPort].map(
    String,
  );
  prepared = await options.prepare?.(dataDir);
  await prepareSettings(dataDir, domain, options.applications);
  await croft('up', '--no-install', ...ports);

  const work = join(scratch, 'work');
  const git = async (...args: string[]) =>
    (await run('git', ['-c', 'user.name=test', '-c', 'user.email=test@localhost', ...args], { timeoutMs: 60_000 }))
      .stdout;
  const cloned = async () => {
    await rm(work, { recursive: true, force: true });
    const token = (await readFile(join(dataDir, 'git', 'push-token'), 'utf8')).trim();
    await git('clone', '--quiet', `http://test:${token}@127.0.0.1:${gitPort}/catalog.git`, work);
  };
  return {
    dataDir,
    domain,
    httpPort,
    httpsPort,
    apiPort,
    croft,
    attempt: (...args) => runCroft(args, [0, 1, 2]),
    kubectl: async (...args) =>
      (
        await run('kubectl', ['--kubeconfig', join(dataDir, 'kubeconfig'), ...args], {
          timeoutMs: 120_000,
          env: { ...process.env, HOME: scratch },
        })
      ).stdout,
    ask: async (host, path = '/', ask = {}) =>
      await askOverTls({
        host,
        path,
        port: httpsPort,
        ca: await readFile(join(dataDir, 'pki', 'ca.crt'), 'utf8'),
        ...ask,
      }),
    push: async (files, pushing) => {
      await cloned();
      for (const [name, text] of Object.entries(files)) {
        if (text === undefined) await rm(join(work, name), { recursive: true, force: true });
        else await writeFile(join(work, name), text);
      }
      await git('-C', work, 'add', '--all');
      await git('-C', work, 'commit', '--quiet', '--allow-empty', '-m', 'change');
      pushing?.();
      await git('-C', work, 'push', '--quiet', 'origin', 'main');
    },
    readPushed: async (file) => {
      await cloned();
      return await readFile(join(work, file), 'utf8');
    },
    startCroft: () => {
      startedPid = spawnDaemon(dataDir, main, env);
    },
    killCroft: async () => {
      const announced = await findDaemon(dataDir);
      const pids = [announced?.pid, startedPid].filter((pid) => pid !== undefined);
      startedPid = undefined;
      return pids.map(killProcess).includes(true);
    },
  };
}

/** Gives whether it was there to be killed. */
function killProcess(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false; // it had ended
  }
}

async function prepareSettings(dataDir: string, domain: string, applications: readonly string[]): Promise<void> {
  const { mkdir } = await import('node:fs/promises');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(
    join(dataDir, 'settings.yaml'),
    `domain: ${domain}\nenabled_applications: [${applications.join(', ')}]\n`,
    { mode: 0o600 },
  );
}

/** A catalogue with one small application, for tests of everything but applications. Gone after the test. */
export async function makeTinyCatalog(t: Cleanup): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'croft-catalog-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await cp(join(import.meta.dirname, 'tiny-catalog'), folder, { recursive: true });
  await cp('/bin/busybox', join(folder, 'images', 'tiny', 'busybox'), { dereference: true });
  return folder;
}

interface Question extends AskOptions {
  host: string;
  path: string;
  port: number;
  ca: string;
}

async function askOverTls({ host, path, port, ca, method = 'GET', headers = {}, body }: Question): Promise<Answer> {
  return await new Promise<Answer>((resolve, reject) => {
    const name = port === 443 ? host : `${host}:${port}`;
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        servername: host,
        ca,
        method,
        path,
        headers: { host: name, ...headers },
        timeout: 30_000,
        agent: false,
      },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => {
          text += chunk;
        });
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }));
        incoming.on('error', reject);
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${host}${path} did not answer within 30 s`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Looks until the look succeeds without throwing; the last error after the time. */
export async function eventually<T>(look: () => Promise<T>, timeoutMs = 60_000, pauseMs = 100): Promise<T> {
  const end = systemClock.now() + timeoutMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (systemClock.now() > end) throw error;
      await systemClock.wait(pauseMs);
    }
  }
}
