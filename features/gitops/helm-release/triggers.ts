import { configMaps, secrets } from '@croft/api/kinds';
import { keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import { type ControllerContext, onChangeOf, type Trigger } from '@croft/controller/controller';
import { dependantsOf } from '../dependencies.ts';
import { helmCharts } from '../helm-chart/types.ts';
import { onDefinition } from '../on-definition.ts';
import { onSourceChange, refersTo } from '../source.ts';
import { chartLinkOf } from './chart-object.ts';
import { type HelmRelease, helmReleases } from './types.ts';

/** What besides a HelmRelease's own changes has it looked at: its chart, what it reads, and what it depends on. */
export function helmReleaseTriggers({ informers }: ControllerContext): Trigger[] {
  const all = () => informers.of(helmReleases).list();
  const which = (isMeant: (object: Stored<HelmRelease>) => boolean): ObjectKey[] => all().filter(isMeant).map(keyOf);
  return [
    onSourceChange(
      (source) =>
        which(({ spec, metadata }) => refersTo(chartLinkOf(spec, keyOf({ metadata })), keyOf({ metadata }), source)),
      ['GitRepository', 'Bucket', 'OCIRepository', 'ExternalArtifact'],
    ),
    // What is wrong with a HelmChart is told by the release, too.
    onChangeOf(helmCharts, ({ metadata }) =>
      which((object) =>
        refersTo(chartLinkOf(object.spec, keyOf(object)), keyOf(object), { ...keyOf({ metadata }), kind: 'HelmChart' }),
      ),
    ),
    onChangeOf(secrets, ({ metadata }) => which((object) => readsFrom(object, 'Secret', keyOf({ metadata })))),
    onChangeOf(configMaps, ({ metadata }) => which((object) => readsFrom(object, 'ConfigMap', keyOf({ metadata })))),
    onChangeOf(helmReleases, (object) => dependantsOf(object, all())),
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
