import { type Kind, parseApiVersion } from '@croft/api/kind';
import { formatKey, type KubeObject, keyOf, type Stored } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { requestedAtAnnotation } from '@croft/controller/reconcile-steps';
import type { ResourceFilter } from './resource-filter.ts';
import type { ReceiverResource } from './types.ts';

/** The API version where a reference names none. */
const usualVersions: Record<string, string> = {
  Bucket: 'source.toolkit.fluxcd.io/v1',
  ExternalArtifact: 'source.toolkit.fluxcd.io/v1',
  GitRepository: 'source.toolkit.fluxcd.io/v1',
  HelmChart: 'source.toolkit.fluxcd.io/v1',
  HelmRepository: 'source.toolkit.fluxcd.io/v1',
  OCIRepository: 'source.toolkit.fluxcd.io/v1',
  Kustomization: 'kustomize.toolkit.fluxcd.io/v1',
  HelmRelease: 'helm.toolkit.fluxcd.io/v2',
  ImageRepository: 'image.toolkit.fluxcd.io/v1',
  ImagePolicy: 'image.toolkit.fluxcd.io/v1',
  ArtifactGenerator: 'source.extensions.fluxcd.io/v1beta1',
};

export interface ReconcileRequest {
  resource: ReceiverResource;
  /** Where the resource is when it names no namespace. */
  namespace: string | undefined;
  accepts: ResourceFilter;
  /** The text of the annotation: another one each time. */
  requestedAt: string;
}

/** Annotates the objects that a resource of a Receiver names, so that they are reconciled now. Gives which. */
export async function requestReconcile(client: Client, request: ReconcileRequest): Promise<string[]> {
  const { resource, accepts, requestedAt } = request;
  const kind = await getKind(client, resource);
  const objects = await findObjects(client, kind, resource, resource.namespace ?? request.namespace);
  const asked: string[] = [];
  for (const object of objects) {
    if (!accepts(object)) continue;
    await client.patch(kind, keyOf(object), { metadata: { annotations: { [requestedAtAnnotation]: requestedAt } } });
    asked.push(`${kind.kind}/${formatKey(keyOf(object))}`);
  }
  return asked;
}

async function getKind(client: Client, { kind, apiVersion = usualVersions[kind] }: ReceiverResource): Promise<Kind> {
  if (apiVersion === undefined) throw new Error(`apiVersion must be set for the kind ${kind}`);
  const found = await client.findKind(apiVersion, kind);
  if (found !== undefined) return found;
  throw new Error(`the kind ${kind} of ${parseApiVersion(apiVersion).group} is not served here as ${apiVersion}`);
}

async function findObjects(
  client: Client,
  kind: Kind,
  { name, matchLabels }: ReceiverResource,
  namespace: string | undefined,
): Promise<Stored<KubeObject>[]> {
  if (name !== '*') {
    const found = await client.find(kind, { namespace, name });
    if (found === undefined) throw new Error(`${kind.kind}/${formatKey({ namespace, name })} does not exist`);
    return [found];
  }
  if (matchLabels === undefined) throw new Error(`matchLabels must be set for the name * of the kind ${kind.kind}`);
  const labelSelector = Object.entries(matchLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join();
  const { items } = await client.list(kind, { namespace, labelSelector });
  return items;
}
