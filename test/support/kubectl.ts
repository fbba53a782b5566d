import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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

/** kubectl against an API server of a test, over TLS. */
export interface Kubectl extends AsyncDisposable {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly port: number;
  readonly authority: string;
  /** Runs a command to its end, with the given input. */
  run(args: readonly string[], input?: string | Uint8Array): Promise<KubectlResult>;
}

const longestMs = 60_000;

export async function startKubectl(api: ApiServer): Promise<Kubectl> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
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
    run: (args, input) => runKubectl(args, environment, input),
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
