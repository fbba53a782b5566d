import { readFile } from 'node:fs/promises';
import { text as readText } from 'node:stream/consumers';
import { secrets } from '@croft/api/kinds';
import { readSettingsValues, settingsSecretName } from '@croft/apps/settings-secret';
import { overlay } from '@croft/apps/settings-values';
import { hasErrorCode, UserError } from '@croft/foundation/errors';
import type { JsonObject } from '@croft/foundation/json';
import type { ApplicationStatus } from '@croft/platform/application-status';
import { instancePaths } from '@croft/platform/paths';
import { readSettingsFile } from '@croft/platform/settings-file';
import { changeApplication, withApplication } from '../../apps/change-application.ts';
import { editText } from '../../apps/edit-text.ts';
import { assignValues, parseValues, renderValues, unsetValue } from '../../apps/own-values.ts';
import type { Command, CommandInput } from '../../command.ts';
import { dataDirOption, noWaitOption, outputOption, readDataDir, timeoutOption } from '../../common-options.ts';
import type { Connection } from '../../connection.ts';

export const command: Command = {
  name: 'apps configure',
  arguments: 'NAME [KEY=VALUE ...]',
  summary: "Set Helm values of an application; they go over its defaults and stand in the instance's settings.yaml",
  examples: [
    'croft apps configure wordpress title="Our blog" ingress.host=blog.example.org',
    'croft apps configure wordpress --unset ingress.host',
    'croft apps configure wordpress --values values.yaml',
    'croft apps configure wordpress --edit',
  ],
  options: {
    ...dataDirOption,
    ...outputOption,
    ...timeoutOption,
    ...noWaitOption,
    edit: { type: 'boolean', short: 'e', help: 'change the values in $EDITOR' },
    values: { type: 'string', short: 'f', value: 'FILE', help: 'set the values of a YAML file; "-" reads the input' },
    unset: { type: 'string', multiple: true, value: 'KEY', help: 'go back to the default of a value' },
  },
  run: async (input) => {
    const [name, ...assignments] = input.positionals;
    if (name === undefined)
      throw new UserError('name an application: croft apps configure NAME ("croft apps list" shows all)');
    return await withApplication(
      input,
      name,
      async (connection, application) => {
        const values = await readChangedValues(input, connection, application, assignments);
        return await changeApplication(input, connection, application, { values });
      },
      ({ enabled, ready, url }) => describe(name, enabled, ready, url),
    );
  },
};

function describe(name: string, enabled: boolean, ready: boolean, url: string): string {
  if (!enabled) return `${name} is configured, and disabled; "croft apps enable ${name}" installs it`;
  return ready ? `${name} is configured and ready${url === '' ? '' : `: ${url}`}` : `${name} is configured`;
}

/** The values that the administrator sets, with what the command line changes in them. */
async function readChangedValues(
  input: CommandInput,
  connection: Connection,
  application: ApplicationStatus,
  assignments: readonly string[],
): Promise<JsonObject> {
  const { edit, values: file, unset = [] } = input.options;
  const { applications } = await readSettingsFile(instancePaths(readDataDir(input)).settings);
  let own = applications[application.name]?.values ?? {};
  if (typeof file === 'string') own = overlay(own, await readValuesFile(file));
  own = assignValues(own, assignments);
  for (const path of unset as string[]) own = unsetValue(own, path);
  if (edit !== true) {
    if (file === undefined && assignments.length === 0 && (unset as string[]).length === 0)
      throw new UserError('say what to change: KEY=VALUE, --unset KEY, --values FILE or --edit');
    return own;
  }
  const text = await renderForEditor(connection, application, own);
  return await editText(text, input.env, (changed) => parseValues(changed, 'the values'));
}

async function readValuesFile(file: string): Promise<JsonObject> {
  try {
    const text = file === '-' ? await readText(process.stdin) : await readFile(file, 'utf8');
    return parseValues(text, file === '-' ? 'the input' : file);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) throw new UserError(`--values ${file}: there is no such file`);
    throw error;
  }
}

/** The administrator's values to change, and below them all that are in force, as comments. */
async function renderForEditor(
  { client }: Connection,
  { namespace, name }: ApplicationStatus,
  own: JsonObject,
): Promise<string> {
  const secret = await client.find(secrets, { namespace, name: settingsSecretName(name) });
  const inForce = renderValues(readSettingsValues(secret)).trimEnd().split('\n');
  return [
    `# The values that you set for ${name}; they go over its defaults.`,
    renderValues(own),
    '# The values in force now:',
    ...inForce.map((line) => `#   ${line}`),
    '',
  ].join('\n');
}
