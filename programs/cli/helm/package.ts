import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findMissingDependencies } from '@croft/helm/chart/dependencies';
import { readChart } from '@croft/helm/chart/load';
import { validateMetadata } from '@croft/helm/chart/validate';
import { writeChartArchive } from '@croft/helm/chart/write-archive';
import { findVersion } from '@croft/helm/semver/version';
import { atFolder, globalFlags } from './common-flags.ts';
import { type HelmCommand, type HelmInput, requireArguments } from './helm-command.ts';

export const command: HelmCommand = {
  usage: 'package [CHART_PATH] [...]',
  summary: 'package a chart directory into a chart archive',
  flags: {
    ...globalFlags,
    version: { type: 'text', value: 'VERSION', help: 'set the version of the chart' },
    'app-version': { type: 'text', value: 'VERSION', help: 'set the appVersion of the chart' },
    destination: { type: 'text', short: 'd', value: 'DIR', help: 'where to write the archive (the current folder)' },
    'dependency-update': { type: 'bool', short: 'u', help: 'fetch dependencies first (not supported yet)' },
    sign: { type: 'bool', help: 'sign the package (not supported yet)' },
  },
  run: async (input) => {
    const { flags, terminal } = input;
    if (flags.positionals.length === 0) throw new Error('need at least one argument, the path to the chart');
    requireArguments(command, flags.positionals, 1, Number.POSITIVE_INFINITY);
    for (const name of ['sign', 'dependency-update']) {
      if (flags.has(name)) throw new Error(`--${name} is not supported yet`);
    }
    for (const path of flags.positionals) {
      terminal.print(`Successfully packaged chart and saved it to: ${await packageChart(path, input)}`);
    }
    return 0;
  },
};

async function packageChart(path: string, { flags, folder, terminal }: HelmInput): Promise<string> {
  const chart = await readChart(atFolder(folder, path), terminal.say);
  const { metadata } = chart;
  metadata.version = flags.text('version') || metadata.version;
  metadata.appVersion = flags.text('app-version') || metadata.appVersion;
  if (findVersion(metadata.version) === undefined) throw new Error('invalid semantic version');
  const missing = findMissingDependencies(chart);
  if (missing.length > 0) {
    throw new Error(`found in Chart.yaml, but missing in charts/ directory: ${missing.join(', ')}`);
  }
  validateMetadata(metadata);
  const target = atFolder(folder, flags.text('destination') || '.');
  await mkdir(target, { recursive: true });
  const file = join(target, `${metadata.name}-${metadata.version}.tgz`);
  await writeFile(file, writeChartArchive(chart, Date.now()));
  return file;
}
