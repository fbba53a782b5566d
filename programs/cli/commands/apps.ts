import { UserError } from '@croft/foundation/errors';
import { instancePaths } from '@croft/platform/paths';
import { changeSettings } from '@croft/platform/settings-file';
import { type ApplicationStatus, readStatus } from '@croft/platform/status';
import type { Command, CommandInput } from '../command.ts';
import { dataDirOption, outputOption, readDataDir, wantsJson } from '../common-options.ts';
import { connect } from '../connection.ts';
import { formatTable } from '../terminal.ts';

export const command: Command = {
  name: 'apps',
  arguments: 'list | enable NAME | disable NAME',
  summary: 'List the applications of the catalogue, enable or disable one',
  examples: ['croft apps list'],
  options: { ...dataDirOption, ...outputOption },
  run: async (input) => {
    const [action = 'list', name, ...rest] = input.positionals;
    if (rest.length > 0) throw new UserError(`"${rest.join(' ')}": one application at a time`);
    if (action === 'list') return await list(input);
    if (action !== 'enable' && action !== 'disable')
      throw new UserError(`apps ${action}: list, enable or disable is expected`);
    if (name === undefined) throw new UserError(`croft apps ${action}: name an application`);
    return await change(input, action, name);
  },
};

async function readApplications(input: CommandInput): Promise<ApplicationStatus[]> {
  using connection = await connect(readDataDir(input));
  return (await readStatus(connection.client, connection.portSuffix)).applications;
}

async function list(input: CommandInput): Promise<number> {
  const applications = await readApplications(input);
  if (wantsJson(input)) {
    const plain = applications.map(({ login: _, ...application }) => application);
    input.terminal.print(JSON.stringify(plain, undefined, 2));
    return 0;
  }
  const rows = applications.map(({ name, enabled, version, ready, description }) => [
    name,
    stateOf(enabled, ready),
    version,
    description,
  ]);
  input.terminal.print(formatTable([['NAME', 'STATE', 'VERSION', 'DESCRIPTION'], ...rows]));
  return 0;
}

function stateOf(enabled: boolean, ready: boolean): string {
  if (!enabled) return 'disabled';
  return ready ? 'ready' : 'not ready';
}

async function change(input: CommandInput, action: 'enable' | 'disable', name: string): Promise<number> {
  const names = (await readApplications(input)).map((application) => application.name);
  if (!names.includes(name))
    throw new UserError(`the catalogue has no application "${name}"; it has ${names.join(', ')}`);
  const { settings } = instancePaths(readDataDir(input));
  const first = { domain: 'croft.localhost', applications: [] };
  const changed = await changeSettings(settings, action === 'enable' ? { enable: name } : { disable: name }, first);
  input.terminal.say(
    changed ? `${name} is ${action}d; "croft status" shows how it goes` : `${name} was ${action}d already`,
  );
  return 0;
}
