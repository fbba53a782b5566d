import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { errorMessage, hasErrorCode } from '@croft/foundation/errors';
import type { ChartFile } from '@croft/helm/chart/chart';
import { readChartFiles } from '@croft/helm/chart/load';
import { lintChart } from '@croft/helm/lint/lint-chart';
import { type LintMessage, renderLintMessage } from '@croft/helm/lint/message';
import type { TemplateLint } from '@croft/helm/lint/templates';
import { readValues } from '@croft/helm/values/read-values';
import { atFolder, fileReader, globalFlags, readNamespace, valueFlags, valueSources } from './common-flags.ts';
import type { HelmCommand, HelmInput } from './helm-command.ts';
import { readCapabilities } from './template-chart.ts';

export const command: HelmCommand = {
  usage: 'lint PATH',
  summary: 'examine a chart for possible issues',
  flags: {
    ...globalFlags,
    ...valueFlags,
    strict: { type: 'bool', help: 'fail on lint warnings' },
    quiet: { type: 'bool', help: 'print only warnings and errors' },
    'with-subcharts': { type: 'bool', help: 'lint dependent charts' },
    'skip-schema-validation': { type: 'bool', help: 'do not check values against JSON schemas' },
    'kube-version': { type: 'text', value: 'VERSION', help: 'Kubernetes version for capabilities and deprecations' },
  },
  run: async (input) => {
    const { flags, terminal, env, folder } = input;
    const capabilities = readCapabilities(flags.text('kube-version'), [], 3);
    const paths = flags.positionals.length > 0 ? [...flags.positionals] : ['.'];
    if (flags.has('with-subcharts')) for (const path of [...paths]) paths.push(...(await findSubcharts(path, folder)));
    const options: TemplateLint = {
      values: await readValues(valueSources(flags), fileReader(folder)),
      namespace: readNamespace(flags, env),
      capabilities,
      skipSchemaValidation: flags.has('skip-schema-validation'),
      info: terminal.say,
    };
    const results = [];
    for (const path of paths) results.push(await lintPath(path, folder, options));
    return print(results, input);
  },
};

interface LintResult {
  path: string;
  messages: LintMessage[];
  /** Why the path could not be linted at all. */
  problem: string | undefined;
}

async function lintPath(path: string, folder: string, options: TemplateLint): Promise<LintResult> {
  try {
    const full = atFolder(folder, path);
    return { path, messages: lintChart(await readFiles(full, path), resolve(full), options), problem: undefined };
  } catch (error) {
    return { path, messages: [], problem: errorMessage(error) };
  }
}

async function readFiles(full: string, path: string): Promise<ChartFile[]> {
  if (/\.(tgz|tar\.gz)$/.test(path)) {
    if (!existsSync(full)) throw new Error(`unable to open tarball: open ${path}: no such file or directory`);
    return await readChartFiles(full);
  }
  const chartFile = join(path, 'Chart.yaml');
  if (!existsSync(join(full, 'Chart.yaml'))) {
    throw new Error(`unable to check Chart.yaml file in chart: stat ${chartFile}: no such file or directory`);
  }
  return await readChartFiles(full);
}

/** The charts below `charts/`, as folders and archives, in the order of a walk: what is in `a` before `a-b`. */
async function findSubcharts(path: string, folder: string): Promise<string[]> {
  const base = join(path, 'charts');
  const names = await readdir(atFolder(folder, base), { recursive: true }).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  });
  const walked = names.map((name) => name.replaceAll('/', '\0')).sort();
  return walked.flatMap((key) => {
    const name = key.replaceAll('\0', '/');
    const full = join(base, name);
    if (/(^|\/)Chart\.yaml$/.test(name)) return [dirname(full)];
    return /\.(tgz|tar\.gz)$/.test(name) ? [full] : [];
  });
}

/** Prints as helm does; the exit code says whether a chart failed. */
function print(results: readonly LintResult[], { flags, terminal }: HelmInput): number {
  const quiet = flags.has('quiet');
  const fatal = (message: LintMessage) =>
    message.severity === 'ERROR' || (flags.has('strict') && message.severity === 'WARNING');
  const noteworthy = (result: LintResult) =>
    result.problem !== undefined || result.messages.some(({ severity }) => severity !== 'INFO');
  for (const result of results) {
    if (quiet && !noteworthy(result)) continue;
    terminal.print(`==> Linting ${result.path}`);
    if (result.problem !== undefined) terminal.print(`Error ${result.problem}`);
    for (const message of result.messages) {
      if (!quiet || message.severity !== 'INFO') terminal.print(renderLintMessage(message));
    }
    terminal.print('');
  }
  const failed = results.filter(({ problem, messages }) => problem !== undefined || messages.some(fatal)).length;
  const summary = `${results.length} chart(s) linted, ${failed} chart(s) failed`;
  if (failed > 0) throw new Error(summary);
  if (!quiet || results.some(noteworthy)) terminal.print(summary);
  return 0;
}
