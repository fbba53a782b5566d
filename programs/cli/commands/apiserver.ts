import { systemClock } from '@croft/foundation/clock';
import { UserError } from '@croft/foundation/errors';
import { createLog } from '@croft/foundation/log';
import { type ControllerSet, controllerSets, startApiOnly } from '@croft/platform/start-api';
import type { Command, CommandInput } from '../command.ts';
import { dataDirOption, readDataDir, readPort, readText } from '../common-options.ts';
import { oidcOptions, readOidcOptions } from '../oidc-options.ts';

const defaultPort = 6443;

export const command: Command = {
  name: 'apiserver',
  summary: 'Run the Kubernetes API alone in the foreground: without containers, network and applications',
  examples: ['croft apiserver --data-dir /tmp/api --api-port 0'],
  options: {
    ...dataDirOption,
    host: { type: 'string', value: 'ADDRESS', help: 'where it listens (127.0.0.1)' },
    'api-port': { type: 'string', value: 'PORT', help: `where it listens (${defaultPort}); 0 takes a free one` },
    controllers: {
      type: 'string',
      value: 'SET',
      help: '"api": namespaces and custom resources (what an API needs); "all": also aggregated roles and token Secrets; "workloads": also Deployments, Jobs and the like (all)',
    },
    ...oidcOptions,
  },
  run: async (input) => {
    const dataDir = readDataDir(input);
    const oidc = await readOidcOptions(input);
    const stopped = new Promise<void>((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    });
    await using api = await startApiOnly({
      dataDir,
      host: readText(input, 'host') ?? '127.0.0.1',
      port: readApiPort(input),
      controllers: readControllers(input),
      ...(oidc === undefined ? {} : { oidc }),
      clock: systemClock,
      log: createLog((line) => process.stderr.write(line)),
    });
    input.terminal.print(`ready at ${api.origin}, with ${api.kubeconfig}`);
    await stopped;
    return 0;
  },
};

function readApiPort(input: CommandInput): number {
  return readText(input, 'api-port') === '0' ? 0 : (readPort(input, 'api-port') ?? defaultPort);
}

function readControllers(input: CommandInput): ControllerSet {
  const text = readText(input, 'controllers') ?? 'all';
  const found = controllerSets.find((name) => name === text);
  if (found === undefined)
    throw new UserError(`--controllers ${text}: one of ${controllerSets.join(', ')} is expected`);
  return found;
}
