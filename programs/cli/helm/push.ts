import { readFile, stat } from 'node:fs/promises';
import { formatTime } from '@croft/foundation/clock';
import { hasErrorCode } from '@croft/foundation/errors';
import { readArchive } from '@croft/helm/chart/archive';
import { loadChartFiles } from '@croft/helm/chart/load-files';
import { connectRegistry } from '@croft/repository/local/context';
import { pushChart } from '@croft/repository/oci/push-chart';
import { formatReference, isOci, UNDERSCORE_NOTE } from '@croft/repository/oci/reference';
import { accessFlags } from './chart-flags.ts';
import { atFolder, globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { accessOf, localContext } from './local-context.ts';

export const command: HelmCommand = {
  usage: 'push [chart] [remote]',
  summary: 'push a chart to remote',
  flags: { ...globalFlags, ...accessFlags },
  run: async (input) => {
    const { flags, folder, terminal } = input;
    requireArguments(command, flags.positionals, 2, Number.POSITIVE_INFINITY);
    const [chart = '', remote = ''] = flags.positionals;
    if (!isOci(remote)) throw new Error(describeRemote(remote));
    const [, host = '', parent = ''] = /^oci:\/\/([^/]+)\/?(.*)$/.exec(remote) ?? [];
    const path = atFolder(folder, chart);
    const { archive, modifiedMs } = await readPackage(path, chart);
    const registry = await connectRegistry(host, accessOf(flags, folder), localContext(input));
    const pushed = await pushChart(registry, parent, {
      metadata: loadChartFiles(readArchive(archive)).metadata,
      archive,
      provenance: await readOptional(`${path}.prov`),
      created: formatTime(modifiedMs),
    });
    terminal.say(`Pushed: ${formatReference(pushed)}`);
    terminal.say(`Digest: ${pushed.digest}`);
    if (pushed.tag.includes('_'))
      terminal.say(`${formatReference(pushed)} contains an underscore.\n${UNDERSCORE_NOTE}`);
    return 0;
  },
};

/** Why charts cannot be pushed there. */
function describeRemote(remote: string): string {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):/i.exec(remote) ?? [];
  if (scheme !== undefined) return `scheme "${scheme}" not supported`;
  if (/^[^/]*:/.test(remote)) return `invalid chart URL format: ${remote}`;
  return 'scheme prefix missing from remote (e.g. "oci://")';
}

async function readPackage(path: string, shown: string): Promise<{ archive: Buffer; modifiedMs: number }> {
  try {
    const info = await stat(path);
    if (info.isDirectory()) throw new Error('cannot push directory, must provide chart archive (.tgz)');
    return { archive: await readFile(path), modifiedMs: info.mtimeMs };
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) throw new Error(`${shown}: no such file`);
    throw error;
  }
}

async function readOptional(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
