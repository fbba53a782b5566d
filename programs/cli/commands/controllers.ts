import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readKubeconfigClient } from '@croft/client/kubeconfig';
import { systemClock } from '@croft/foundation/clock';
import { UserError } from '@croft/foundation/errors';
import { createLog } from '@croft/foundation/log';
import { runControllers } from '@croft/platform/run-controllers';
import type { Command, CommandInput } from '../command.ts';
import { readText } from '../common-options.ts';

const defaultLeaseSeconds = 15;
const defaultLeaseNamespace = 'croft-system';

export const command: Command = {
  name: 'controllers',
  summary: "Run the gitops controllers (Flux's kinds) against any cluster, in the foreground; one of several leads",
  examples: [
    'croft controllers --kubeconfig ~/.kube/config',
    'croft controllers --kubeconfig admin.conf --namespace team-a --namespace team-b',
    'croft controllers --kubeconfig admin.conf --watch-label-selector sharding.fluxcd.io/key=shard1',
  ],
  options: {
    kubeconfig: { type: 'string', value: 'FILE', help: 'how the cluster is reached ($KUBECONFIG)' },
    context: { type: 'string', value: 'NAME', help: 'the context in it (its current one)' },
    namespace: { type: 'string', multiple: true, short: 'n', value: 'NAME', help: 'only what is in these (all)' },
    'watch-label-selector': { type: 'string', value: 'SELECTOR', help: 'only objects with these labels (all)' },
    'lease-namespace': { type: 'string', value: 'NAME', help: `where the Lease is (${defaultLeaseNamespace})` },
    'lease-duration': {
      type: 'string',
      value: 'SECONDS',
      help: `another process takes over so long after this one was killed (${defaultLeaseSeconds})`,
    },
    'allow-remote-base': {
      type: 'string',
      multiple: true,
      value: 'URL',
      help: 'kustomizations may refer to what is below it on other machines; * for all (nothing)',
    },
    'webhook-address': { type: 'string', value: 'HOST:PORT', help: 'where webhooks of Receivers are taken (nowhere)' },
    'metrics-address': { type: 'string', value: 'HOST:PORT', help: 'where /metrics is shown (nowhere)' },
    'data-dir': {
      type: 'string',
      value: 'DIR',
      help: 'where fetched sources are kept (a folder of its own for the time)',
    },
  },
  run: async (input) => {
    const stopped = new AbortController();
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, () => stopped.abort(new Error(`ended by ${signal}`)));
    await using stack = new AsyncDisposableStack();
    const client = stack.use(await openClient(input));
    const dataDir = await openDataDir(input, stack);
    const labelSelector = readText(input, 'watch-label-selector');
    try {
      await runControllers(
        {
          client,
          dataDir,
          namespaces: (input.options.namespace ?? []) as string[],
          leaseNamespace: readText(input, 'lease-namespace') ?? defaultLeaseNamespace,
          leaseMs: readLeaseMs(input),
          remoteBases: (input.options['allow-remote-base'] ?? []) as string[],
          webhookAddress: readAddress(input, 'webhook-address'),
          metricsAddress: readAddress(input, 'metrics-address'),
          clock: systemClock,
          log: createLog((line) => process.stderr.write(line)),
          ...(labelSelector === undefined ? {} : { labelSelector }),
        },
        stopped.signal,
      );
    } catch (error) {
      if (!stopped.signal.aborted) throw error;
    }
    return 0;
  },
};

async function openClient(input: CommandInput) {
  const path = readText(input, 'kubeconfig') ?? input.env.KUBECONFIG;
  if (path === undefined || path === '')
    throw new UserError('name the cluster with --kubeconfig FILE; "croft kubeconfig --path" names that of an instance');
  return await readKubeconfigClient(resolve(path), 'croft', readText(input, 'context'));
}

async function openDataDir(input: CommandInput, stack: AsyncDisposableStack): Promise<string> {
  const given = readText(input, 'data-dir');
  if (given !== undefined) return resolve(given);
  const folder = await mkdtemp(join(tmpdir(), 'croft-controllers-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function readLeaseMs(input: CommandInput): number {
  const seconds = Number(readText(input, 'lease-duration') ?? defaultLeaseSeconds);
  if (!Number.isInteger(seconds) || seconds < 1) throw new UserError('--lease-duration: whole seconds are expected');
  return seconds * 1000;
}

function readAddress(input: CommandInput, option: string): { host: string; port: number } | undefined {
  const text = readText(input, option);
  if (text === undefined) return undefined;
  const [, host = '', port = ''] = /^(.*):([0-9]{1,5})$/.exec(text) ?? [];
  if (port === '' || Number(port) > 65_535) throw new UserError(`--${option}: HOST:PORT is expected, not ${text}`);
  return { host: host.replace(/^\[|\]$/g, '') || '0.0.0.0', port: Number(port) };
}
