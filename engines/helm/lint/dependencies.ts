import type { Chart } from '../chart/chart.ts';
import { findMissingDependencies } from '../chart/dependencies.ts';
import type { Report } from './message.ts';

/** Checks that the dependencies in Chart.yaml are those in `charts/`; `folder` is the path that messages name. */
export function lintDependencies(chart: Chart, folder: string, report: Report): void {
  const dependencies = (chart.metadata.dependencies ?? []).filter((dependency) => dependency !== null);
  const names = new Set(dependencies.map(({ name }) => name));
  const unlisted = chart.dependencies.map(({ metadata }) => metadata.name).filter((name) => !names.has(name));
  tell('ERROR', 'chart metadata is missing these dependencies', unlisted);
  const keys = dependencies.map(({ name, alias }) => alias || name);
  tell(
    'ERROR',
    'multiple dependencies with name or alias',
    keys.filter((key, i) => keys.indexOf(key) < i),
  );
  tell('WARNING', 'chart directory is missing these dependencies', findMissingDependencies(chart));

  function tell(severity: 'ERROR' | 'WARNING', problem: string, found: readonly string[]): void {
    report(severity, folder, found.length === 0 ? undefined : `${problem}: ${found.join(',')}`);
  }
}
