import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listen } from '@croft/apiserver/listen';
import { openPki, renderKubeconfig } from '@croft/apiserver/pki';
import type { ApiServer } from '@croft/apiserver/server';
import { silentLog } from '@croft/foundation/log';

export interface KubectlResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A kubectl that goes on; disposing it kills it. */
export interface RunningKubectl extends AsyncDisposable {
  readonly process: ChildProcessWithoutNullStreams;
  /** Waits until what it wrote, to either stream, has something like this. Rejects with all it wrote when it ends. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}

/** kubectl against an API server of a test, over TLS. */
export interface Kubectl extends AsyncDisposable {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly port: number;
  readonly authority: string;
  /** Runs a command to its end, with the given input and more environment. */
  run(args: readonly string[], input?: string | Uint8Array, more?: NodeJS.ProcessEnv): Promise<KubectlResult>;
  /** Starts a command, or another program that runs it, with an input that stays open. */
  start(args: readonly string[], command?: string, more?: NodeJS.ProcessEnv): RunningKubectl;
}

const longestMs = 60_000;

/** `folder` may hold the keys that the server knows already. It is gone in the end. */
export async function startKubectl(
  api: ApiServer,
  folder = join(tmpdir(), `kubectl-${randomUUID()}`),
): Promise<Kubectl> {
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pki = await openPki({ dir: folder, hosts: ['127.0.0.1'], nowMs: Date.now() });
  const { certificate, key } = pki.server;
  const tls = { certificate, key, clientAuthority: pki.authority.certificate };
  const listener = stack.use(await listen({ host: '127.0.0.1', port: 0, tls, log: silentLog, ...api }));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, renderKubeconfig(pki, `https://127.0.0.1:${listener.port}`), { mode: 0o600 });
  const environment = { ...process.env, KUBECONFIG: kubeconfig, HOME: folder };
  const running = stack.move();
  return {
    folder,
    environment,
    port: listener.port,
    authority: pki.authority.certificate,
    start: (args, command = 'kubectl', more = {}) => follow(spawn(command, args, { env: { ...environment, ...more } })),
    run: (args, input, more = {}) => runKubectl(args, { ...environment, ...more }, input),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function runKubectl(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  input: string | Uint8Array = '',
): Promise<KubectlResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('kubectl', args, { env, timeout: longestMs, killSignal: 'SIGKILL' });
    const result: KubectlResult = { code: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      result.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      result.stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...result, code }));
    child.stdin.on('error', () => {}); // it may end before it has read everything
    child.stdin.end(input);
  });
}

function follow(process: ChildProcessWithoutNullStreams): RunningKubectl {
  let text = '';
  const news = new EventEmitter();
  const take = (more: string) => {
    text += more;
    news.emit('news');
  };
  process.stdout.setEncoding('utf8').on('data', take);
  process.stderr.setEncoding('utf8').on('data', take);
  const ended = new Promise<number | null>((resolve) => process.on('close', resolve));
  return {
    process,
    ended,
    waitFor: async (pattern) => {
      const late = AbortSignal.timeout(longestMs);
      for (;;) {
        const found = pattern.exec(text);
        if (found !== null) return found;
        const isOver = await Promise.race([
          ended.then(() => true),
          once(news, 'news', { signal: late }).then(() => false),
        ]);
        if (isOver && !pattern.test(text)) throw new Error(`no ${pattern} in: ${text}`);
      }
    },
    [Symbol.asyncDispose]: async () => {
      process.kill('SIGKILL');
      await ended;
    },
  };
}
