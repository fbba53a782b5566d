import type { Kind } from '@croft/api/kind';
import type { KubeObject, UnknownObject } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { parseManifest } from './parse-manifest.ts';

/** An object of a manifest, with the kind under which the API serves it. */
export interface ResolvedObject {
  kind: Kind<UnknownObject>;
  object: UnknownObject;
}

/**
 * The objects of a manifest with their kinds, in the release's namespace where they name none. Throws, in Helm's words, when
 * the API does not serve all the kinds.
 */
export async function buildObjects(client: Client, manifest: string, namespace: string): Promise<ResolvedObject[]> {
  const objects = parseManifest(manifest);
  const ids = [...new Set(objects.map(kindId))];
  const found = await Promise.all(
    ids.map(async (id) => {
      const [apiVersion = '', kind = ''] = id.split(' ');
      return [id, (await client.findKind(apiVersion, kind)) as Kind<UnknownObject> | undefined] as const;
    }),
  );
  const kinds = new Map(found);
  const unknown = objects.filter((object) => kinds.get(kindId(object)) === undefined).map(describeUnknown);
  if (unknown.length > 0) {
    const distinct = [...new Set(unknown)];
    throw new Error(distinct.length === 1 ? distinct[0] : `[${distinct.join(', ')}]`);
  }
  return objects.flatMap((object) => {
    const kind = kinds.get(kindId(object));
    return kind === undefined ? [] : [{ kind, object: inNamespace(object, kind, namespace) }];
  });
}

function kindId({ apiVersion = '', kind = '' }: UnknownObject): string {
  return `${apiVersion} ${kind}`;
}

function describeUnknown({ apiVersion, kind, metadata }: UnknownObject): string {
  return `resource mapping not found for name: "${metadata?.name ?? ''}" namespace: "${metadata?.namespace ?? ''}" from "": no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`;
}

function inNamespace(object: UnknownObject, kind: Kind, namespace: string): UnknownObject {
  const metadata = { ...object.metadata };
  if (kind.namespaced) metadata.namespace ||= namespace;
  else delete metadata.namespace;
  return { ...object, metadata };
}

export function identify({ kind, object }: { kind: Kind; object: KubeObject }): string {
  return `${kind.group}/${kind.kind}/${object.metadata?.namespace ?? ''}/${object.metadata?.name}`;
}

/** The one of the list that is the same object, in whatever version. */
export function findSame(list: readonly ResolvedObject[], one: ResolvedObject): ResolvedObject | undefined {
  const id = identify(one);
  return list.find((other) => identify(other) === id);
}

/** Those of the list that the other one has not. */
export function without(list: readonly ResolvedObject[], other: readonly ResolvedObject[]): ResolvedObject[] {
  const present = new Set(other.map(identify));
  return list.filter((resolved) => !present.has(identify(resolved)));
}
