import type { Kind } from '@croft/api/kind';
import { configMaps, secrets } from '@croft/api/kinds';
import { keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import { onChangeOf, type Trigger } from '@croft/controller/controller';
import { onDependency } from '../dependencies.ts';
import { helmCharts } from '../helm-chart/types.ts';
import { onDefinition } from '../on-definition.ts';
import { ordinarySecrets } from '../ordinary-secrets.ts';
import { onSourceChange, refersTo, type SourceKey } from '../source.ts';
import { chartLinkOf, releaseOf } from './chart-object.ts';
import type { HelmRelease, HelmReleaseSpec } from './types.ts';

/** The releases of a kind, as they are known now. */
export interface KnownReleases {
  kind: Kind<HelmRelease>;
  all(): readonly Stored<HelmRelease>[];
  find(key: ObjectKey): Stored<HelmRelease> | undefined;
}

/** What besides a HelmRelease's own changes has it looked at: its chart, what it reads, and what it depends on. */
export function helmReleaseTriggers({ kind, all, find }: KnownReleases): Trigger[] {
  const which = (isMeant: (object: Stored<HelmRelease>) => boolean): ObjectKey[] => all().filter(isMeant).map(keyOf);
  return [
    onSourceChange(
      (source) => which(({ spec, metadata }) => readsChartOf(spec, keyOf({ metadata }), source)),
      ['GitRepository', 'Bucket', 'OCIRepository', 'ExternalArtifact', 'HelmChart'],
    ),
    // What is wrong with a HelmChart is told by the release that it was made for.
    onChangeOf(helmCharts, (chart) => {
      const release = releaseOf(chart);
      const object = release && find(release);
      const source = { ...keyOf(chart), kind: 'HelmChart' as const };
      return object !== undefined && readsChartOf(object.spec, keyOf(object), source) ? [keyOf(object)] : [];
    }),
    onChangeOf(
      secrets,
      ({ metadata }) => which((object) => readsFrom(object, 'Secret', keyOf({ metadata }))),
      ordinarySecrets,
    ),
    onChangeOf(configMaps, ({ metadata }) => which((object) => readsFrom(object, 'ConfigMap', keyOf({ metadata })))),
    onDependency(kind, all),
    onDefinition(all),
  ];
}

function readsFrom(
  { metadata, spec }: Stored<HelmRelease>,
  kind: 'Secret' | 'ConfigMap',
  { namespace, name }: ObjectKey,
): boolean {
  if (metadata.namespace !== namespace) return false;
  if (kind === 'Secret' && spec?.kubeConfig?.secretRef?.name === name) return true;
  return spec?.valuesFrom?.some((reference) => reference.kind === kind && reference.name === name) ?? false;
}

function readsChartOf(spec: HelmReleaseSpec | undefined, release: ObjectKey, source: SourceKey): boolean {
  return refersTo(chartLinkOf(spec, release), release, source);
}
