import type { ObjectKey, Stored } from '@croft/api/object';
import { StalledError } from '@croft/controller/outcome';
import type { ChartSpec, HelmRelease, HelmReleaseSpec, ValuesReference } from '../helm-release/types.ts';
import { chartSourceObject } from './chart-source-object.ts';
import {
  intervalAnnotation,
  type OlderChart,
  type OlderRelease,
  type OlderReleaseSpec,
  type ValuesSource,
} from './types.ts';

/** As helm-operator's release loop. */
const defaultInterval = '20m';
const defaultTimeoutSeconds = 300;
const defaultRetries = 5;

/** The release in the words of version 2, so that the same code reconciles it. Its name and kind stay those of the older one. */
export function translateRelease(older: Stored<OlderRelease>): Stored<HelmRelease> {
  const { spec, ...rest } = older;
  const key = { namespace: older.metadata.namespace, name: older.metadata.name };
  const interval = older.metadata.annotations?.[intervalAnnotation] ?? defaultInterval;
  const translated = spec === undefined ? {} : { spec: { ...translateSpec(spec, key), interval } };
  return { ...rest, ...translated } as Stored<HelmRelease>;
}

function translateSpec(spec: OlderReleaseSpec, key: ObjectKey): Omit<HelmReleaseSpec, 'interval'> {
  const { rollback = {}, test = {}, targetNamespace, values, wait } = spec;
  const target = targetNamespace ?? key.namespace ?? 'default';
  const seconds = (time: number = spec.timeout ?? defaultTimeoutSeconds) => `${time}s`;
  const disableWait = !(wait ?? rollback.enable ?? false);
  const retries = rollback.retry ? (rollback.maxRetries ?? defaultRetries) : 0;
  const chart = translateChart(spec, key);
  return {
    timeout: seconds(),
    ...(chart === undefined ? {} : { chart: { spec: chart } }),
    releaseName: spec.releaseName ?? releaseName(key, target),
    targetNamespace: target,
    storageNamespace: target,
    ...(spec.suspend === undefined ? {} : { suspend: spec.suspend }),
    maxHistory: spec.maxHistory ?? 10,
    ...(values === undefined ? {} : { values }),
    valuesFrom: translateValues(spec),
    install: { createNamespace: true, disableWait, skipCRDs: spec.skipCRDs ?? false },
    upgrade: {
      disableWait,
      force: spec.forceUpgrade ?? false,
      preserveValues: spec.resetValues === false,
      ...(rollback.enable
        ? { remediation: { retries: retries === 0 && rollback.retry ? -1 : retries, remediateLastFailure: true } }
        : {}),
    },
    rollback: {
      timeout: seconds(rollback.timeout),
      disableWait: !(rollback.wait ?? false),
      force: rollback.force ?? false,
      disableHooks: rollback.disableHooks ?? false,
    },
    test: {
      enable: test.enable ?? false,
      ignoreFailures: test.ignoreFailures ?? false,
      timeout: seconds(test.timeout),
    },
  };
}

/** helm-operator's: the namespace and the name, with the target's namespace between them where it is another. */
function releaseName({ namespace = 'default', name }: ObjectKey, target: string): string {
  return namespace === target ? `${namespace}-${name}` : `${namespace}-${target}-${name}`;
}

function translateChart(spec: OlderReleaseSpec, key: ObjectKey): ChartSpec | undefined {
  const { chart = {} } = spec;
  const source = chartSourceObject(chart, key);
  if (source === undefined) return undefined;
  const files = valuesFiles(spec, chart);
  return {
    chart: chart.git === undefined ? (chart.name ?? '') : (chart.path ?? '.'),
    sourceRef: source.reference,
    ...(chart.version === undefined ? {} : { version: chart.version }),
    ...(files.length === 0 ? {} : { valuesFiles: files, ignoreMissingValuesFiles: true }),
  };
}

/** Files of the chart lie over its own values; in a git repository they are named from its root. */
function valuesFiles({ valuesFrom = [] }: OlderReleaseSpec, chart: OlderChart): string[] {
  const named = valuesFrom.flatMap((source) =>
    'chartFileRef' in source && source.chartFileRef ? [source.chartFileRef.path] : [],
  );
  const folder = chart.git === undefined ? '' : `${(chart.path ?? '.').replace(/\/+$/, '')}/`;
  return named.length === 0 ? [] : ['values.yaml', ...named].map((path) => `${folder}${path}`);
}

function translateValues({ valueFileSecrets = [], valuesFrom = [] }: OlderReleaseSpec): ValuesReference[] {
  const files = valueFileSecrets.map(
    ({ name, optional = false }): ValuesReference => ({ kind: 'Secret', name, optional }),
  );
  return [...files, ...valuesFrom.flatMap(translateReference)];
}

function translateReference(source: ValuesSource | ValuesReference): ValuesReference[] {
  if ('kind' in source && source.kind !== undefined) return [source];
  const { configMapKeyRef, secretKeyRef } = source as ValuesSource;
  const selector = configMapKeyRef ?? secretKeyRef;
  if (selector === undefined) return [];
  const { name, key = 'values.yaml', optional = false } = selector;
  return [{ kind: configMapKeyRef === undefined ? 'Secret' : 'ConfigMap', name, valuesKey: key, optional }];
}

/** Throws StalledError naming what the older kind can say and Croft cannot do. */
export function requireSupported({ metadata, spec = {} }: Stored<OlderRelease>): void {
  const { chart = {}, valuesFrom = [] } = spec;
  const fail = (message: string) => new StalledError('InvalidSpec', message);
  if (chart.git === undefined && chart.repository === undefined)
    throw fail('spec.chart names no place: give it git and path, or repository, name and version');
  if (chart.repository !== undefined && !chart.name)
    throw fail(`spec.chart.name is missing: which chart of ${chart.repository} is to be installed?`);
  valuesFrom.forEach((source, index) => {
    const field = `spec.valuesFrom[${index}]`;
    if ('externalSourceRef' in source && source.externalSourceRef !== undefined)
      throw fail(`${field}.externalSourceRef is not supported: put the values into a ConfigMap or a Secret`);
    const { configMapKeyRef, secretKeyRef } = source as ValuesSource;
    const { namespace } = configMapKeyRef ?? secretKeyRef ?? {};
    if (namespace !== undefined && namespace !== metadata.namespace)
      throw fail(
        `${field}: values cannot be read from the namespace ${namespace}; put them into ${metadata.namespace}`,
      );
  });
}
