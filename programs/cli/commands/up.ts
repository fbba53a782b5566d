import { systemClock } from '@croft/foundation/clock';
import { type InstancePorts, prepareInstance } from '@croft/platform/instance';
import { instancePaths } from '@croft/platform/paths';
import { prepareMachine } from '@croft/platform/prepare';
import { editSettings } from '@croft/platform/settings-file';
import { ensureDaemon } from '@croft/platform/start';
import type { InstanceStatus } from '@croft/platform/status';
import type { Command, CommandInput } from '../command.ts';
import { dataDirOption, readDataDir, readPort, readText, readTimeoutMs, timeoutOption } from '../common-options.ts';
import { connect } from '../connection.ts';
import { formatProblem, formatTrouble } from '../problems.ts';
import { followApplications } from '../progress.ts';

const firstDomain = 'croft.localhost';
const firstApplications = ['wordpress', 'tiddlywiki'];

export const command: Command = {
  name: 'up',
  summary: 'Set up and start Croft on this machine, or bring it up to date; asks nothing',
  examples: ['croft up', 'croft up --domain example.org', 'croft up --data-dir /srv/croft --https-port 8443'],
  options: {
    ...dataDirOption,
    domain: { type: 'string', value: 'NAME', help: `applications get addresses below it (${firstDomain})` },
    'http-port': { type: 'string', value: 'PORT', help: 'of the front door, redirects to HTTPS (80)' },
    'https-port': { type: 'string', value: 'PORT', help: 'of the front door (443)' },
    'api-port': { type: 'string', value: 'PORT', help: 'of the Kubernetes API, on this machine only (6443)' },
    'git-port': {
      type: 'string',
      value: 'PORT',
      help: "of the instance's own git repository, on this machine only (8418)",
    },
    'no-install': { type: 'boolean', help: 'install nothing on this machine; fail when something is missing' },
    ...timeoutOption,
  },
  run: async (input) => {
    const dataDir = readDataDir(input);
    const ports = readPorts(input);
    const timeoutMs = readTimeoutMs(input);
    const say = input.terminal.say;
    await prepareMachine({
      dataDir,
      ports,
      env: input.env,
      uid: process.getuid?.() ?? 0,
      clock: systemClock,
      mayInstall: input.options['no-install'] !== true,
      say,
    });
    const instance = await prepareInstance(dataDir, ports);
    const domain = readText(input, 'domain');
    const first = { domain: domain ?? firstDomain, applications: firstApplications };
    await editSettings(
      instancePaths(dataDir).settings,
      (document) => domain !== undefined && document.set('domain', domain),
      first,
    );
    await ensureDaemon({ dataDir, instance, env: input.env, clock: systemClock, say });
    using connection = await connect(dataDir);
    const status = await followApplications(connection, timeoutMs, systemClock, say);
    input.terminal.print(summary(status, dataDir));
    return status.ready ? 0 : 1;
  },
};

function readPorts(input: CommandInput): Partial<InstancePorts> {
  const ports = {
    httpPort: readPort(input, 'http-port'),
    httpsPort: readPort(input, 'https-port'),
    apiPort: readPort(input, 'api-port'),
    gitPort: readPort(input, 'git-port'),
  };
  return Object.fromEntries(Object.entries(ports).filter(([, port]) => port !== undefined));
}

function summary({ ready, problems, applications }: InstanceStatus, dataDir: string): string {
  const lines = applications
    .filter(({ enabled }) => enabled)
    .flatMap((application) => {
      const { title, url, ready: answers, state, login } = application;
      if (!answers) return [`${title}: ${state}`, ...formatTrouble(application)];
      return [`${title}: ${url}`, ...(login === undefined ? [] : [`  first login: ${login.user} / ${login.password}`])];
    });
  const { caCertificate, kubeconfig, settings } = instancePaths(dataDir);
  return [
    ready ? 'Croft is up.' : 'Croft runs, but not all is ready.',
    '',
    ...lines,
    ...problems.flatMap(formatProblem),
    '',
    'What to do next:',
    `- let your browser trust the certificate authority of this instance: ${caCertificate}`,
    `- choose the applications: croft apps list, croft apps enable NAME, or edit ${settings}`,
    `- look around: croft status, croft logs NAME, kubectl --kubeconfig ${kubeconfig} get pods -A`,
  ].join('\n');
}
