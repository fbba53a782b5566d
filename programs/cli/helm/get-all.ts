import { toValue } from '@croft/encoding/json/decode';
import { createTemplateSet } from '@croft/gotemplate/template-set';
import { createFunctions } from '@croft/helm/functions/all';
import { releaseJson } from '@croft/helm/release/encoding';
import type { ReleaseRecord } from '@croft/helm/release/record';
import { globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { renderRelease } from './print-release.ts';
import { getRelease, revisionFlag } from './read-release.ts';

export const command: HelmCommand = {
  usage: 'get all RELEASE_NAME',
  summary: 'download all information for a named release',
  flags: {
    ...globalFlags,
    ...revisionFlag,
    template: { type: 'text', value: 'TEMPLATE', help: 'template for the output: {{.Release.Name}}' },
  },
  run: async (input) => {
    const { flags, terminal, helmVersion } = input;
    requireArguments(command, flags.positionals, 1, 1);
    const { record } = await getRelease(input);
    const template = flags.text('template');
    if (template === '') terminal.write(renderRelease(record, { helmVersion, debug: true, showMetadata: true }));
    else terminal.write(renderTemplate(template, record));
    return 0;
  },
};

/** The template sees the record with the names of Go's fields: `.Release.Info.LastDeployed`. */
function renderTemplate(template: string, record: ReleaseRecord): string {
  const set = createTemplateSet({ functions: createFunctions() });
  set.parse('_', template);
  return set.execute('_', toValue({ Release: goNames(releaseJson(record)) }));
}

/** Values that the user names stay as they are. */
const opaque = new Set(['config', 'values', 'annotations']);

function goNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(goNames);
  if (typeof value !== 'object' || value === null) return value;
  const rename = ([key, item]: [string, unknown]) => [goName(key), opaque.has(key) ? item : goNames(item)];
  return Object.fromEntries(Object.entries(value).map(rename));
}

function goName(key: string): string {
  if (key === 'apiVersion') return 'APIVersion';
  return key.replace(/(?:^|[-_])([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
