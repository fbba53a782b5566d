import { errorMessage } from '@croft/foundation/errors';
import type { Chart, ChartFile } from '../chart/chart.ts';
import { loadChartFiles } from '../chart/load-files.ts';
import { lintChartFile } from './chart-file.ts';
import { lintDependencies } from './dependencies.ts';
import type { LintMessage, Report } from './message.ts';
import { lintTemplates, type TemplateLint } from './templates.ts';
import { lintValuesFile } from './values-file.ts';

/** What `helm lint` has to say about the files of a chart; `folder` is the path that some messages name. */
export function lintChart(files: readonly ChartFile[], folder: string, options: TemplateLint): LintMessage[] {
  const messages: LintMessage[] = [];
  const report: Report = (severity, path, text) => {
    if (text !== undefined) messages.push({ severity, path, text });
    return text === undefined;
  };
  const chartFile = files.find(({ name }) => name === 'Chart.yaml');
  if (chartFile !== undefined) lintChartFile(chartFile, report);
  lintValuesFile(files, options.values, report, options.info);
  let chart: Chart;
  try {
    chart = loadChartFiles(files);
  } catch (error) {
    report('ERROR', 'templates/', errorMessage(error));
    report('ERROR', '', `unable to load chart\n\t${errorMessage(error)}`);
    return messages;
  }
  lintTemplates(chart, options, report);
  lintDependencies(chart, folder, report);
  return messages;
}
