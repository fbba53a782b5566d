import type { ReleaseRecord } from '@croft/helm/release/record';
import { validateReleaseName } from '@croft/helm/release/release-name';
import { requireReachable } from '@croft/release/reachable';
import { ReleaseNotFoundError, readHistory } from '@croft/release/record-store';
import { readNumber } from './action-flags.ts';
import { globalFlags } from './common-flags.ts';
import { checkNumber } from './flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { outputFlag, printOutput } from './print-output.ts';
import { chartColumns } from './print-release.ts';
import { openSession } from './release-context.ts';
import { humanTime } from './release-times.ts';
import { renderTable } from './table.ts';

export const command: HelmCommand = {
  usage: 'history RELEASE_NAME',
  summary: 'fetch release history',
  flags: {
    ...globalFlags,
    ...outputFlag,
    max: { type: 'text', value: 'NUMBER', check: checkNumber, help: 'most revisions that are shown (256)' },
  },
  run: async (input) => {
    const { flags, helmVersion } = input;
    requireArguments(command, flags.positionals, 1, 1);
    const [name = ''] = flags.positionals;
    const most = readNumber(flags, 'max', 256);
    const { context, nameOf } = await openSession(input);
    await requireReachable(context.client, helmVersion);
    try {
      validateReleaseName(name);
    } catch (error) {
      throw new Error(`release name is invalid: ${name}`, { cause: error });
    }
    const history = await readHistory(context.client, nameOf(name));
    if (history.length === 0) throw new ReleaseNotFoundError();
    const rows = most > 0 ? history.slice(-most).map(describe) : [];
    printOutput(input, rows, () => `${renderHistory(rows)}\n`);
    return 0;
  },
};

interface Row {
  revision: number;
  updated: string;
  status: string;
  chart: string;
  app_version: string;
  description: string;
}

function describe(record: ReleaseRecord): Row {
  const { version, info } = record;
  const { last_deployed: updated, status, description } = info;
  return { revision: version, updated, status, ...chartColumns(record), description };
}

function renderHistory(rows: readonly Row[]): string {
  const head = ['REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION', 'DESCRIPTION'];
  const cells = rows.map(({ revision, updated, status, chart, app_version, description }) => [
    String(revision),
    updated === '' ? '' : humanTime(updated),
    status,
    chart,
    app_version,
    description,
  ]);
  return renderTable([head, ...cells], Number.POSITIVE_INFINITY);
}
