import { existsSync } from 'node:fs';
import { atFolder } from './common-flags.ts';
import type { HelmInput } from './helm-command.ts';

/**
 * The path of a chart that is given as helm takes it: a folder or an archive here, else `repo/name`, `name` with `--repo`,
 * a URL or `oci://...`, which is fetched into the cache. With --dependency-update, what a folder's `charts/` lacks is fetched,
 * too. Throws when it is not to be had.
 */
export async function locateChart(name: string, input: HelmInput): Promise<string> {
  const { flags, folder } = input;
  const path = atFolder(folder, name.trim());
  if (!existsSync(path)) {
    if (/^[/.]/.test(name.trim())) throw new Error(`path ${JSON.stringify(path)} not found`);
    // What reaches other machines is loaded only when it is needed.
    return await (await import('./fetch-chart.ts')).fetchChart(name.trim(), input);
  }
  if (flags.has('verify')) await (await import('./fetch-chart.ts')).verifyLocalChart(path, input);
  if (flags.has('dependency-update')) await (await import('./run-dependencies.ts')).fetchMissing(path, input);
  return path;
}
