import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { configMaps, namespaces, serviceAccounts } from '@croft/api/kinds';
import type { Client } from '@croft/client/client';
import { run } from '@croft/foundation/process';
import { Bindings } from '../kube-api/placeholders.ts';
import { compareFewer, compareText, headingsOf } from './compare.ts';
import type { ListeningServer } from './server.ts';

export interface Step {
  readonly command: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly settle_seconds?: number;
  readonly exit: number;
  readonly stdout?: string;
  readonly stderr: string;
  readonly headings?: readonly string[];
  readonly fewer?: boolean;
  readonly goText?: boolean;
}

export interface Session {
  readonly id: string;
  readonly namespace: string;
  readonly files: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

const everyExitCode = Array.from({ length: 256 }, (_, code) => code);

/** Runs the commands of a session in a namespace and a folder of their own; tells the first difference. */
export async function replaySession(
  server: ListeningServer,
  session: Session,
  read: (step: Step) => Step,
): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'croft-session-'));
  try {
    await createNamespace(server.client, session.namespace);
    const env = await prepare(folder, server, session);
    const bindings = new Bindings();
    for (const [index, step] of session.steps.map(read).entries()) {
      const problem = await replayStep(join(folder, 'files'), env, step, bindings);
      if (problem !== undefined) return `step ${index + 1}: ${bindings.substitute(step.command)}: ${problem}`;
    }
    return undefined;
  } finally {
    await server.client.remove(namespaces, { name: session.namespace });
    await rm(folder, { recursive: true, force: true });
  }
}

async function prepare(folder: string, { kubeconfig }: ListeningServer, session: Session): Promise<NodeJS.ProcessEnv> {
  for (const [name, text] of Object.entries(session.files)) {
    const path = join(folder, 'files', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  await mkdir(join(folder, 'files'), { recursive: true });
  await mkdir(join(folder, 'home'));
  const path = join(folder, 'kubeconfig');
  await writeFile(path, kubeconfig, { mode: 0o600 });
  const env = { PATH: process.env.PATH ?? '', HOME: join(folder, 'home'), TZ: 'UTC', KUBECONFIG: path };
  await run('kubectl', ['config', 'set-context', '--current', '--namespace', session.namespace], {
    timeoutMs: 20_000,
    env,
  });
  return env;
}

async function createNamespace(client: Client, name: string): Promise<void> {
  await client.create(namespaces, { metadata: { name } });
  const there = async () =>
    (await client.find(serviceAccounts, { namespace: name, name: 'default' })) !== undefined &&
    (await client.find(configMaps, { namespace: name, name: 'kube-root-ca.crt' })) !== undefined;
  for (let tries = 0; !(await there()); tries += 1) {
    if (tries > 500) throw new Error(`namespace ${name} did not get what every namespace has`);
    await pause(10);
  }
}

async function replayStep(
  cwd: string,
  env: NodeJS.ProcessEnv,
  step: Step,
  bindings: Bindings,
): Promise<string | undefined> {
  if (step.settle_seconds !== undefined) await pause(step.settle_seconds * 1000);
  const { stdout, stderr, exitCode } = await run('sh', ['-c', bindings.substitute(step.command)], {
    cwd,
    env: { ...env, ...step.env },
    input: step.stdin ?? '',
    timeoutMs: 60_000,
    okExitCodes: everyExitCode,
  });
  const said = stderr === '' ? '' : `; stderr: ${stderr.trim().slice(0, 200)}`;
  if (exitCode !== step.exit) return `exit code ${exitCode} instead of ${step.exit}${said}`;
  const problem = compareOutput(step, stdout, bindings);
  if (problem !== undefined) return `stdout: ${problem}${said}`;
  if (step.goText === true) return undefined;
  const wrong = compareText(step.stderr, stderr, bindings);
  return wrong === undefined ? undefined : `stderr: ${wrong}`;
}

function compareOutput(step: Step, stdout: string, bindings: Bindings): string | undefined {
  if (step.headings !== undefined)
    return compareText(step.headings.join('\n'), headingsOf(stdout).join('\n'), bindings);
  if (step.fewer === true) return compareFewer(step.stdout ?? '', stdout, bindings);
  return compareText(step.stdout ?? '', stdout, bindings);
}
