import type { Kind } from '@croft/api/kind';
import { formatKey, type Stored } from '@croft/api/object';
import type { Controller, ControllerContext } from '@croft/controller/controller';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { type ReleaseFlavour, startReleaseController } from '../helm-release/controller.ts';
import type { ReleasePass } from '../helm-release/release-job.ts';
import type { HelmRelease } from '../helm-release/types.ts';
import { helmRepositories } from '../helm-repository/types.ts';
import { gitRepositories } from '../types.ts';
import { chartSourceObject } from './chart-source-object.ts';
import { requireSupported, translateRelease } from './translate.ts';
import { type OlderRelease, olderReleases } from './types.ts';

/** HelmRelease of helm.fluxcd.io/v1, the kind of helm-operator: translated, and reconciled as those of version 2. */
export function startOlderReleaseController(context: ControllerContext, artifacts: ArtifactStore): Controller {
  const older = context.informers.of(olderReleases);

  /** The source of the chart, which the older kind writes into the release, as an object that its releases own. */
  async function applyChartSource({ key }: ReleasePass): Promise<void> {
    const release = older.get(key);
    if (release === undefined) return;
    requireSupported(release);
    const source = chartSourceObject(release.spec?.chart, key);
    if (source === undefined) return;
    const { apiVersion, kind, metadata } = release;
    const { name } = source.reference;
    const ownerReferences = [{ apiVersion, kind, name: metadata.name, uid: metadata.uid }];
    const sources = (source.reference.kind === 'GitRepository' ? gitRepositories : helmRepositories) as Kind;
    const fieldManager = `helm-operator-${metadata.uid}`; // each release owns its place among the owners
    const known = context.informers.of(sources).get({ namespace: key.namespace, name });
    if (known?.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid)) return;
    const object = { metadata: { namespace: key.namespace ?? '', name, ownerReferences }, spec: source.spec };
    await context.client.apply(sources, object, { force: true, fieldManager });
    context.log.debug('the source of a chart is applied', { release: formatKey(key), source: name });
  }

  const flavour: ReleaseFlavour = {
    name: 'older-release',
    component: 'helm-operator',
    kind: olderReleases as unknown as Kind<HelmRelease>,
    view: (object) => translateRelease(object as unknown as Stored<OlderRelease>),
    first: [applyChartSource],
    finished: noteOlderStatus,
  };
  return startReleaseController(context, artifacts, flavour);
}

/** The fields of the status that the older kind has besides. */
function noteOlderStatus({ status }: ReleasePass, hasFailed: boolean): void {
  const [current] = status.history ?? [];
  const older = status as NonNullable<OlderRelease['status']>;
  older.phase = hasFailed ? 'Failed' : 'Succeeded';
  if (current === undefined) return;
  older.releaseName = current.name;
  older.releaseStatus = current.status;
  older.revision = current.chartVersion;
}
