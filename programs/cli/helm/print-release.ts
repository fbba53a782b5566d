import { releaseJson } from '@croft/helm/release/encoding';
import type { ReleaseHook, ReleaseRecord } from '@croft/helm/release/record';
import { computeValues, configOf } from '@croft/release/reuse-values';
import { type Output, printOutput, renderYaml } from './print-output.ts';
import { humanTime } from './release-times.ts';

interface Showing {
  helmVersion: 3 | 4;
  /** Values, hooks and manifest, too. */
  debug?: boolean;
  showDescription?: boolean;
  showMetadata?: boolean;
  hideNotes?: boolean;
  /** Text about the live objects. */
  resources?: string;
  /** Leave the chart out of what is printed for programs. */
  withoutChart?: boolean;
}

/** Prints a release as `helm status` does: for people, or as its record. */
export function printRelease(output: Output, record: ReleaseRecord, showing: Showing): void {
  const { chart, labels: _, ...rest } = record;
  const shown = showing.withoutChart === true ? rest : { ...rest, chart };
  printOutput(output, releaseJson(shown, showing.helmVersion), () => renderRelease(record, showing));
}

/** What `helm status` prints for people. */
export function renderRelease(record: ReleaseRecord, showing: Showing): string {
  const { name, namespace, version, info, hooks, manifest } = record;
  const { helmVersion, debug = false } = showing;
  const lines = [`NAME: ${name}`];
  if (info.last_deployed !== '') lines.push(`LAST DEPLOYED: ${humanTime(info.last_deployed)}`);
  lines.push(`NAMESPACE: ${namespace}`, `STATUS: ${info.status}`, `REVISION: ${version}`);
  if (showing.showMetadata === true) lines.push(...describeChart(record));
  if (showing.showDescription === true || helmVersion === 4) lines.push(`DESCRIPTION: ${info.description}`);
  if (showing.resources) lines.push(`RESOURCES:\n${showing.resources}`);
  lines.push(...describeTests(hooks));
  if (debug) lines.push(...describeValues(record, helmVersion));
  if (debug || info.description.toLowerCase() === 'dry run complete') {
    lines.push('HOOKS:', ...hooks.map(({ path, manifest: text }) => `---\n# Source: ${path}\n${text}`));
    lines.push(`MANIFEST:\n${manifest}`);
  }
  if (showing.hideNotes !== true && (info.notes ?? '') !== '') lines.push(`NOTES:\n${info.notes?.trim()}`);
  return lines.map((line) => `${line}\n`).join('');
}

function describeChart({ chart }: ReleaseRecord): string[] {
  const { name, version, appVersion = '' } = chart.metadata;
  return [`CHART: ${name}`, `VERSION: ${version}`, `APP_VERSION: ${appVersion}`];
}

function describeTests(hooks: readonly ReleaseHook[]): string[] {
  const tests = hooks.filter(({ events }) => (events ?? []).includes('test'));
  if (tests.length === 0) return ['TEST SUITE: None'];
  return tests
    .filter(({ last_run }) => last_run.started_at !== '')
    .map(({ name, last_run: { started_at, completed_at, phase } }) => {
      const ended = completed_at === '' ? 'Mon Jan  1 00:00:00 0001' : humanTime(completed_at);
      return `TEST SUITE:     ${name}\nLast Started:   ${humanTime(started_at)}\nLast Completed: ${ended}\nPhase:          ${phase}`;
    });
}

function describeValues(record: ReleaseRecord, helmVersion: 3 | 4): string[] {
  const computed = configOf(computeValues(record, helmVersion));
  return [`USER-SUPPLIED VALUES:\n${renderYaml(record.config)}`, `COMPUTED VALUES:\n${renderYaml(computed)}`];
}

/** `name-version` of a record's chart, and the version of its application. */
export function chartColumns({ chart }: ReleaseRecord): { chart: string; app_version: string } {
  const { name, version, appVersion = '' } = (chart?.metadata ?? {}) as Record<string, string>;
  if (name === undefined) return { chart: 'MISSING', app_version: 'MISSING' };
  return { chart: `${name}-${version}`, app_version: appVersion };
}
