import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import type { Verify } from '@croft/repository/local/download-chart';
import { expandArchive } from '@croft/repository/local/expand-archive';
import { chartFlags } from './chart-flags.ts';
import { atFolder, globalFlags } from './common-flags.ts';
import { fetchChartTo } from './fetch-chart.ts';
import { type HelmCommand, type HelmInput, requireArguments } from './helm-command.ts';
import { renderVerification } from './verify.ts';

export const command: HelmCommand = {
  usage: 'pull [chart URL | repo/chartname] [...]',
  summary: 'download a chart from a repository and (optionally) unpack it in local directory',
  flags: {
    ...globalFlags,
    ...chartFlags,
    untar: { type: 'bool', help: 'unpack the chart' },
    untardir: { type: 'text', value: 'DIR', help: 'folder to unpack into (.)' },
    destination: { type: 'text', short: 'd', value: 'DIR', help: 'where to write the chart (.)' },
    prov: { type: 'bool', help: 'fetch the provenance file, but do not verify it' },
  },
  run: async (input) => {
    requireArguments(command, input.flags.positionals, 1, Number.POSITIVE_INFINITY);
    for (const name of input.flags.positionals) await pull(name, input);
    return 0;
  },
};

async function pull(name: string, input: HelmInput): Promise<void> {
  const { flags, folder } = input;
  const verify: Verify = flags.has('verify') ? 'always' : flags.has('prov') ? 'later' : 'never';
  const destination = atFolder(folder, flags.text('destination') || '.');
  if (!flags.has('untar')) {
    tell(await fetchChartTo(name, destination, verify, input), input);
    return;
  }
  const target = flags.text('untardir') || '.';
  const unpacked = isAbsolute(target) ? target : join(destination, target);
  await refuseExisting(join(unpacked, basename(name)));
  const temporary = await mkdtemp(join(tmpdir(), 'croft-pull-'));
  try {
    const downloaded = await fetchChartTo(name, temporary, verify, input);
    tell(downloaded, input);
    await expandArchive(await readFile(downloaded.path), unpacked);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function tell({ verification }: Awaited<ReturnType<typeof fetchChartTo>>, { terminal }: HelmInput): void {
  if (verification !== undefined) terminal.write(renderVerification(verification));
}

async function refuseExisting(path: string): Promise<void> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (exists) throw new Error(`failed to untar: a file or directory with the name ${path} already exists`);
}
