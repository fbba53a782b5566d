import { compareStrings } from '@croft/gotemplate/bytes';
import type { ReleaseRecord, ReleaseStatus } from '@croft/helm/release/record';
import { requireReachable } from '@croft/release/reachable';
import { listRecords } from '@croft/release/record-store';
import { compilePattern } from '@croft/schema/patterns';
import { readNumber } from './action-flags.ts';
import { globalFlags } from './common-flags.ts';
import { checkNumber, type Flags, type ParsedFlags } from './flags.ts';
import { type HelmCommand, type HelmInput, requireArguments } from './helm-command.ts';
import { outputFlag, outputFormat, printOutput } from './print-output.ts';
import { chartColumns } from './print-release.ts';
import { openSession } from './release-context.ts';
import { shownTime } from './release-times.ts';
import { renderTable } from './table.ts';

const statusFlags: Flags = {
  all: { type: 'bool', short: 'a', only: 3, help: 'show releases of any status' },
  deployed: { type: 'bool', help: 'show deployed releases' },
  failed: { type: 'bool', help: 'show failed releases' },
  pending: { type: 'bool', help: 'show pending releases' },
  superseded: { type: 'bool', help: 'show superseded releases' },
  uninstalled: { type: 'bool', help: 'show uninstalled releases whose history was kept' },
  uninstalling: { type: 'bool', help: 'show releases that are being uninstalled' },
};

export const command: HelmCommand = {
  usage: 'list',
  summary: 'list releases',
  flags: {
    ...globalFlags,
    ...outputFlag,
    ...statusFlags,
    'all-namespaces': { type: 'bool', short: 'A', help: 'list releases of all namespaces' },
    short: { type: 'bool', short: 'q', help: 'print names alone' },
    'no-headers': { type: 'bool', help: 'print no headers' },
    'time-format': { type: 'text', value: 'LAYOUT', help: 'layout of times, as Go takes it: 2006-01-02 15:04:05Z0700' },
    date: { type: 'bool', short: 'd', help: 'sort by date' },
    reverse: { type: 'bool', short: 'r', help: 'reverse the order' },
    max: { type: 'text', short: 'm', value: 'NUMBER', check: checkNumber, help: 'most releases that are listed (256)' },
    offset: { type: 'text', value: 'NUMBER', check: checkNumber, help: 'releases that are passed over' },
    filter: { type: 'text', short: 'f', value: 'PATTERN', help: 'only names that a regular expression fits' },
    selector: { type: 'text', short: 'l', value: 'SELECTOR', help: 'only records with such labels' },
  },
  run: async (input) => {
    const { flags, terminal } = input;
    requireArguments(command, flags.positionals, 0, 0);
    const layout = flags.text('time-format');
    const releases = await listReleases(input);
    if (flags.has('short')) {
      const names = releases.map(({ name }) => name);
      printOutput(input, names, () => names.map((name) => `${name}\n`).join(''));
      return 0;
    }
    const rows = releases.map((record) => describe(record, layout));
    if (outputFormat(flags) === 'table') terminal.print(renderList(rows, flags.has('no-headers')));
    else printOutput(input, rows, () => '');
    return 0;
  },
};

async function listReleases(input: HelmInput): Promise<ReleaseRecord[]> {
  const { flags, helmVersion } = input;
  const { context, namespace } = await openSession(input);
  await requireReachable(context.client, helmVersion);
  const statuses = wantedStatuses(flags, helmVersion);
  const fits = nameFilter(flags.text('filter'));
  const selects = await labelFilter(flags.text('selector'));
  const all = await listRecords(context, flags.has('all-namespaces') ? undefined : namespace);
  const named = all.filter(({ name }) => fits(name));
  const isOldOnes = statuses.size === 1 && statuses.has('superseded');
  const found = (isOldOnes ? named : newestOf(named))
    .filter(({ info }) => statuses.has(info.status))
    .filter(({ labels }) => selects(labels ?? {}));
  const sorted = sortReleases(found, flags);
  const offset = readNumber(flags, 'offset', 0);
  const most = readNumber(flags, 'max', 256);
  return sorted.slice(offset, most > 0 ? offset + most : undefined);
}

const everyStatus: readonly ReleaseStatus[] = [
  'deployed',
  'uninstalled',
  'uninstalling',
  'pending-install',
  'pending-rollback',
  'pending-upgrade',
  'superseded',
  'failed',
];

function wantedStatuses(flags: ParsedFlags, helmVersion: 3 | 4): ReadonlySet<ReleaseStatus> {
  if (flags.has('all')) return new Set(everyStatus);
  const asked = everyStatus.filter((status) => flags.has(status.startsWith('pending-') ? 'pending' : status));
  if (asked.length > 0) return new Set(asked);
  return new Set(helmVersion === 4 ? everyStatus : ['deployed', 'failed']);
}

function nameFilter(pattern: string): (name: string) => boolean {
  if (pattern === '') return () => true;
  const compiled = compilePattern(pattern);
  if (compiled instanceof Error) throw compiled;
  return (name) => compiled.matcher(name).find();
}

async function labelFilter(selector: string): Promise<(labels: Record<string, string>) => boolean> {
  if (selector === '') return () => true;
  const { parseLabelSelector } = await import('@croft/apiserver/label-selector');
  return parseLabelSelector(selector) ?? (() => true);
}

function newestOf(records: readonly ReleaseRecord[]): ReleaseRecord[] {
  const newest = new Map<string, ReleaseRecord>();
  for (const record of records) {
    const key = `${record.namespace}/${record.name}`;
    if ((newest.get(key)?.version ?? 0) <= record.version) newest.set(key, record);
  }
  return [...newest.values()];
}

function sortReleases(records: readonly ReleaseRecord[], flags: ParsedFlags): ReleaseRecord[] {
  const byName = records.toSorted((left, right) => compareStrings(left.name, right.name));
  const time = ({ info }: ReleaseRecord) => Date.parse(info.last_deployed);
  if (!flags.has('date')) return flags.has('reverse') ? byName.reverse() : byName;
  const byDate = byName.sort((left, right) => time(left) - time(right));
  return flags.has('reverse') ? byDate.reverse() : byDate;
}

interface Row {
  name: string;
  namespace: string;
  revision: string;
  updated: string;
  status: string;
  chart: string;
  app_version: string;
}

function describe(record: ReleaseRecord, layout: string): Row {
  const { name, namespace, version, info } = record;
  const updated = info.last_deployed === '' ? '-' : shownTime(info.last_deployed, layout);
  return { name, namespace, revision: String(version), updated, status: info.status, ...chartColumns(record) };
}

function renderList(rows: readonly Row[], noHeaders: boolean): string {
  const head = ['NAME', 'NAMESPACE', 'REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION'];
  const cells = rows.map((row) => [
    row.name,
    row.namespace,
    row.revision,
    row.updated,
    row.status,
    row.chart,
    row.app_version,
  ]);
  return renderTable([...(noHeaders ? [] : [head]), ...cells], Number.POSITIVE_INFINITY);
}
