import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text as readStream } from 'node:stream/consumers';
import { findMissingDependencies } from '@croft/helm/chart/dependencies';
import { readChart } from '@croft/helm/chart/load';
import { validateMetadata } from '@croft/helm/chart/validate';
import { writeChartArchive } from '@croft/helm/chart/write-archive';
import { findVersion } from '@croft/helm/semver/version';
import { accessFlags } from './chart-flags.ts';
import { atFolder, globalFlags } from './common-flags.ts';
import { type HelmCommand, type HelmInput, requireArguments } from './helm-command.ts';

export const command: HelmCommand = {
  usage: 'package [CHART_PATH] [...]',
  summary: 'package a chart directory into a chart archive',
  flags: {
    ...globalFlags,
    ...accessFlags,
    version: { type: 'text', value: 'VERSION', help: 'set the version of the chart' },
    'app-version': { type: 'text', value: 'VERSION', help: 'set the appVersion of the chart' },
    destination: { type: 'text', short: 'd', value: 'DIR', help: 'where to write the archive (the current folder)' },
    'dependency-update': { type: 'bool', short: 'u', help: 'fetch dependencies first' },
    sign: { type: 'bool', help: 'sign the package' },
    key: { type: 'text', value: 'NAME', help: 'user id of the key that signs, or a part of it' },
    keyring: { type: 'text', value: 'FILE', help: 'secret keys, as gpg --export-secret-keys writes them' },
    'passphrase-file': { type: 'text', value: 'FILE', help: "file with the key's passphrase, or - for standard input" },
  },
  run: async (input) => {
    const { flags, terminal } = input;
    if (flags.positionals.length === 0) throw new Error('need at least one argument, the path to the chart');
    requireArguments(command, flags.positionals, 1, Number.POSITIVE_INFINITY);
    const sign = flags.has('sign') ? await signer(input) : undefined;
    for (const path of flags.positionals) {
      if (flags.has('dependency-update')) {
        const { runDependencies } = await import('./run-dependencies.ts');
        await runDependencies('update', path, 'never', input, () => {});
      }
      const file = await packageChart(path, input);
      await sign?.(file);
      terminal.print(`Successfully packaged chart and saved it to: ${file}`);
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

/** What signs a package as the flags say. */
async function signer(input: HelmInput): Promise<(file: string) => Promise<void>> {
  const { flags, folder } = input;
  const key = flags.text('key');
  if (key === '') throw new Error('--key is required for signing a package');
  const [{ signChart }, { localContext }] = await Promise.all([
    import('@croft/repository/provenance/sign-chart'),
    import('./local-context.ts'),
  ]);
  const passphrase = await readPassphrase(flags.text('passphrase-file'), folder);
  return (file) => signChart(file, { key, keyring: localContext(input).settings.keyring, passphrase });
}

/** The first line of the file; '' without one. */
async function readPassphrase(path: string, folder: string): Promise<string> {
  if (path === '') return '';
  const text = path === '-' ? await readStream(process.stdin) : await readFile(atFolder(folder, path), 'utf8');
  return text.split(/\r?\n/, 1)[0] ?? '';
}
