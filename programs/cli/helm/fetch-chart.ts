import { type Downloaded, downloadChart, type Verify } from '@croft/repository/local/download-chart';
import { findChart } from '@croft/repository/local/find-chart';
import { findChartInUrl } from '@croft/repository/local/find-in-url';
import { verifyChart } from '@croft/repository/provenance/verify-chart';
import { chartRange } from './chart-flags.ts';
import type { HelmInput } from './helm-command.ts';
import { accessOf, localContext } from './local-context.ts';

/** Fetches a chart that is not here into the cache of repositories; gives its path. */
export async function fetchChart(name: string, input: HelmInput): Promise<string> {
  const folder = localContext(input).settings.repositoryCache;
  return (await fetchChartTo(name, folder, input.flags.has('verify') ? 'always' : 'never', input)).path;
}

/** Fetches a chart, as the flags describe it, into a folder. */
export async function fetchChartTo(
  name: string,
  folder: string,
  verify: Verify,
  input: HelmInput,
): Promise<Downloaded> {
  const { flags, terminal } = input;
  const context = localContext(input);
  const access = accessOf(flags, input.folder);
  const repository = flags.text('repo');
  const range = chartRange(flags);
  const found =
    repository === ''
      ? await findChart(name, range, access, context)
      : await findChartInUrl(repository, name, range, access, context);
  return await downloadChart(found, folder, { verify, keyring: context.settings.keyring, say: terminal.say });
}

/** Checks the provenance of an archive that is here. */
export async function verifyLocalChart(path: string, input: HelmInput): Promise<void> {
  await verifyChart(path, localContext(input).settings.keyring);
}
