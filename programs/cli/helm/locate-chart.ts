import { existsSync } from 'node:fs';
import { atFolder } from './common-flags.ts';
import type { Flags, ParsedFlags } from './flags.ts';

/** Flags about where a chart comes from. Charts are folders and files so far. */
export const chartFlags: Flags = {
  version: {
    type: 'text',
    value: 'RANGE',
    help: 'version of a chart from a repository; of no effect on a local chart',
  },
  devel: { type: 'bool', help: 'development versions, too; of no effect on a local chart' },
  repo: { type: 'text', value: 'URL', help: 'repository to find the chart in (not supported yet)' },
  verify: { type: 'bool', help: 'verify the package before using it (not supported yet)' },
};

/** The path of a chart that is given as helm takes it. Throws when it is not here. */
export function locateChart(name: string, flags: ParsedFlags, folder: string): string {
  for (const flag of ['repo', 'verify']) {
    if (flags.list(flag).length > 0 && flags.text(flag) !== 'false') throw new Error(`--${flag} is not supported yet`);
  }
  const path = atFolder(folder, name.trim());
  if (existsSync(path)) return path;
  if (name.startsWith('/') || name.startsWith('.')) throw new Error(`path ${JSON.stringify(path)} not found`);
  throw new Error(
    `chart ${JSON.stringify(name)} is no folder or file here, and charts from repositories are not supported yet`,
  );
}
