import { deployments, leases } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { Deployment, Lease } from '@croft/api/types';
import type { Client } from '@croft/client/client';
import type { Clock } from '@croft/foundation/clock';
import type { GitopsPart } from '@croft/gitops/start';

interface Share {
  part: GitopsPart;
  /** The kinds that it reconciles. */
  kinds: readonly string[];
}

/** The controllers of Flux whose work Croft does too, by their names. */
const shares: Readonly<Record<string, Share>> = {
  'source-controller': {
    part: 'sources',
    kinds: ['GitRepository', 'HelmRepository', 'OCIRepository', 'HelmChart', 'Bucket'],
  },
  'kustomize-controller': { part: 'kustomizations', kinds: ['Kustomization'] },
  'helm-controller': { part: 'releases', kinds: ['HelmRelease'] },
  'notification-controller': { part: 'notifications', kinds: ['Alert', 'Provider', 'Receiver'] },
  'image-reflector-controller': { part: 'images', kinds: ['ImageRepository', 'ImagePolicy'] },
};

const fluxLabel = 'app.kubernetes.io/part-of=flux';
const leaseSuffix = '-leader-election';
/** A lease that was renewed longer ago is that of a controller which has gone. */
const aliveMs = 60_000;

/** What one of Flux's own controllers does in this cluster, and where that is seen. */
export interface FluxController extends Share {
  /** `Deployment flux-system/kustomize-controller`. */
  seen: string;
}

/** Flux's own controllers: by their Deployments that are not scaled to nothing, or by the leases that they keep. */
export async function findFluxControllers(client: Client, clock: Clock): Promise<FluxController[]> {
  const [installed, held] = await Promise.all([
    client.list(deployments, { labelSelector: fluxLabel }),
    client.list(leases),
  ]);
  const found = new Map<GitopsPart, FluxController>();
  for (const lease of held.items) {
    const share = shares[lease.metadata.name.replace(leaseSuffix, '')];
    if (share !== undefined && lease.metadata.name.endsWith(leaseSuffix) && isAlive(lease, clock))
      found.set(share.part, { ...share, seen: `Lease ${placeOf(lease)}` });
  }
  for (const deployment of installed.items) {
    const share = shares[deployment.metadata.name];
    if (share !== undefined && deployment.spec?.replicas !== 0)
      found.set(share.part, { ...share, seen: `Deployment ${placeOf(deployment)}` });
  }
  return [...found.values()].sort((a, b) => (a.part < b.part ? -1 : 1));
}

function isAlive({ spec }: Stored<Lease>, clock: Clock): boolean {
  const renewedAt = Date.parse(String(spec?.renewTime ?? ''));
  return spec?.holderIdentity !== '' && clock.now() - renewedAt < aliveMs;
}

function placeOf({ metadata }: Stored<Deployment | Lease>): string {
  return `${metadata.namespace}/${metadata.name}`;
}
