import type { Kind } from '@croft/api/kind';
import type { KubeObject, UnknownObject } from '@croft/api/object';
import type { Client } from '@croft/client/client';

/** An object of a manifest, with the kind under which the API serves it. */
export interface ResolvedObject {
  kind: Kind;
  object: UnknownObject;
}

/** Finds the kinds of objects and sets the namespace of those that name none. Throws Error naming the unknown kind. */
export async function resolveObjects(
  client: Client,
  objects: readonly UnknownObject[],
  namespace: string,
): Promise<ResolvedObject[]> {
  const kinds = new Map<string, Promise<Kind | undefined>>();
  const findKind = (apiVersion: string, kind: string) => {
    const id = `${apiVersion} ${kind}`;
    const found = kinds.get(id) ?? client.findKind(apiVersion, kind);
    kinds.set(id, found);
    return found;
  };
  const resolved: ResolvedObject[] = [];
  for (const object of objects) {
    const { apiVersion = '', kind: kindName = '' } = object;
    const kind = await findKind(apiVersion, kindName);
    if (kind === undefined) {
      throw new Error(
        `unable to build kubernetes objects: resource mapping not found for name: "${object.metadata?.name}" namespace: "${object.metadata?.namespace ?? ''}": no matches for kind "${kindName}" in version "${apiVersion}"; ensure CRDs are installed first`,
      );
    }
    resolved.push({ kind, object: inNamespace(object, kind, namespace) });
  }
  return resolved;
}

function inNamespace(object: UnknownObject, kind: Kind, namespace: string): UnknownObject {
  const metadata = { ...object.metadata };
  if (kind.namespaced) metadata.namespace ??= namespace;
  else delete metadata.namespace;
  return { ...object, metadata };
}

export function identify({ kind, object }: { kind: Kind; object: KubeObject }): string {
  return `${kind.group}/${kind.kind}/${object.metadata?.namespace ?? ''}/${object.metadata?.name}`;
}
