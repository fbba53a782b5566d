import type { JsonObject } from '@croft/foundation/json';
import type { ReleaseRecord } from '@croft/helm/release/record';
import { globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { outputFlag, printOutput } from './print-output.ts';
import { getRelease, revisionFlag } from './read-release.ts';

export const command: HelmCommand = {
  usage: 'get metadata RELEASE_NAME',
  summary: 'fetch metadata for a given release',
  flags: { ...globalFlags, ...revisionFlag, ...outputFlag },
  run: async (input) => {
    requireArguments(command, input.flags.positionals, 1, 1);
    const { record } = await getRelease(input);
    const metadata = metadataOf(record, input.helmVersion);
    printOutput(input, metadata, () => renderMetadata(record, metadata, input.helmVersion));
    return 0;
  },
};

function metadataOf({ name, namespace, version, info, chart, ...record }: ReleaseRecord, helmVersion: 3 | 4) {
  const { annotations, dependencies, ...about } = chart.metadata;
  const { labels = {}, apply_method } = record;
  const isNone = Object.keys(labels).length === 0;
  return {
    name,
    chart: about.name,
    version: about.version,
    appVersion: about.appVersion ?? '',
    ...(annotations === undefined ? {} : { annotations }),
    ...(helmVersion === 4 && !isNone ? { labels } : {}),
    ...(dependencies === undefined ? {} : { dependencies }),
    namespace,
    revision: version,
    status: info.status,
    deployedAt: info.last_deployed.replace(/\.\d+/, ''),
    ...(helmVersion === 4 && apply_method !== undefined ? { applyMethod: apply_method } : {}),
  };
}

const methods = { ssa: 'server-side apply', csa: 'client-side apply' };

function renderMetadata({ chart, labels, apply_method }: ReleaseRecord, metadata: object, helmVersion: 3 | 4): string {
  const fields = metadata as Record<string, string | number>;
  const { annotations, dependencies } = chart.metadata;
  const names = ((dependencies ?? []) as JsonObject[]).map(({ name }) => String(name)).sort();
  const method = apply_method === undefined ? 'client-side apply (defaulted)' : methods[apply_method];
  const lines = [
    `NAME: ${fields.name}`,
    `CHART: ${fields.chart}`,
    `VERSION: ${fields.version}`,
    `APP_VERSION: ${fields.appVersion}`,
    `ANNOTATIONS: ${renderLabels((annotations ?? {}) as Record<string, string>)}`,
    ...(helmVersion === 4 ? [`LABELS: ${renderLabels(labels ?? {})}`] : []),
    `DEPENDENCIES: ${names.join(',')}`,
    `NAMESPACE: ${fields.namespace}`,
    `REVISION: ${fields.revision}`,
    `STATUS: ${fields.status}`,
    `DEPLOYED_AT: ${fields.deployedAt}`,
    ...(helmVersion === 4 ? [`APPLY_METHOD: ${method}`] : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(',');
}
