import { decodeBytes } from '@croft/gotemplate/bytes';
import { type Chart, chartCrds } from '@croft/helm/chart/chart';
import { readChart } from '@croft/helm/chart/load';
import { renderMetadata } from '@croft/helm/chart/write-metadata';
import { chartFlags } from './chart-flags.ts';
import { globalFlags } from './common-flags.ts';
import { FlagError } from './flags.ts';
import { type HelmCommand, type HelmInput, requireArguments } from './helm-command.ts';
import { locateChart } from './locate-chart.ts';

const parts = ['all', 'chart', 'crds', 'readme', 'values'] as const;
type Part = (typeof parts)[number];

export const command: HelmCommand = {
  usage: 'show [COMMAND] [CHART]',
  summary: 'show information of a chart: all, chart, crds, readme or values',
  flags: {
    ...globalFlags,
    ...chartFlags,
    jsonpath: { type: 'text', value: 'EXPRESSION', help: 'filter of values (not supported yet)' },
  },
  run: async (input) => {
    const [name, ...rest] = input.flags.positionals;
    const part = parts.find((one) => one === name);
    if (part === undefined) {
      throw new FlagError(
        `unknown command ${JSON.stringify(name ?? '')} for "helm show"; there are ${parts.join(', ')}`,
      );
    }
    if (input.flags.text('jsonpath') !== '') throw new Error('--jsonpath is not supported yet');
    requireArguments({ ...command, usage: `show ${part} [CHART]` }, rest, 1, 1);
    input.terminal.write(renderPart(await read(rest[0] ?? '', input), part));
    return 0;
  },
};

async function read(name: string, input: HelmInput): Promise<Chart> {
  return await readChart(await locateChart(name, input), input.terminal.say);
}

/** What `helm show` prints of a chart. */
export function renderPart(chart: Chart, part: Part): string {
  const all = part === 'all';
  const rule = all ? '---\n' : '';
  let out = all || part === 'chart' ? `${renderMetadata(chart.metadata)}\n` : '';
  if ((all || part === 'values') && chart.values !== undefined) {
    out += `${rule}${decodeBytes(chart.valuesFile ?? new Uint8Array())}\n`;
  }
  if (all || part === 'readme') {
    const readme = chart.files.find(({ name }) => /^readme(\.md|\.txt)?$/i.test(name));
    if (readme !== undefined) out += `${rule}${decodeBytes(readme.data)}\n`;
  }
  if (all || part === 'crds') {
    const crds = chartCrds(chart).map(({ data }) => decodeBytes(data));
    if (crds.length > 0 && !crds[0]?.startsWith('---')) out += rule;
    out += crds.map((text) => `${text}\n`).join('');
  }
  return out;
}
