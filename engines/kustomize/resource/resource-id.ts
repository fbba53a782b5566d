import { isClusterScoped } from './cluster-scoped.ts';

export interface Gvk {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** What tells one object from another. */
export interface ResourceId extends Gvk {
  readonly name: string;
  readonly namespace: string;
  /** Namespace for comparing: `default` for none, a name of its own for what has no namespace. */
  readonly space: string;
}

/** Stands for the namespace of what has none. */
export const noSpace = '_non_namespaceable_';

export function parseGvk(apiVersion: string, kind: string): Gvk {
  const slash = apiVersion.indexOf('/');
  if (slash < 0) return { group: '', version: apiVersion, kind };
  return { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1), kind };
}

export function formatApiVersion({ group, version }: Gvk): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The id of an object; kinds without namespaces are recognised. */
export function resourceId(gvk: Gvk, name: string, namespace: string): ResourceId {
  const space = isClusterScoped(formatApiVersion(gvk), gvk.kind) ? noSpace : spaceOf(namespace);
  return { ...gvk, name, namespace, space };
}

/** An id as it was recorded; its kind is not looked at. */
export function recordedId(gvk: Gvk, name: string, namespace: string): ResourceId {
  return { ...gvk, name, namespace, space: spaceOf(namespace) };
}

function spaceOf(namespace: string): string {
  return namespace === '' ? 'default' : namespace;
}

export function sameGvk(a: Gvk, b: Gvk): boolean {
  return a.kind === b.kind && a.group === b.group && a.version === b.version;
}

export function sameId(a: ResourceId, b: ResourceId): boolean {
  return a.name === b.name && a.space === b.space && sameGvk(a, b);
}

/** Equal for ids that are the same. */
export function idKey(id: ResourceId): string {
  return `${id.group}/${id.version}/${id.kind}/${id.space}/${id.name}`;
}

/** Whether the selector's parts that are not empty agree. */
export function isSelectedGvk(gvk: Gvk, selector: Gvk): boolean {
  return (
    (selector.group === '' || selector.group === gvk.group) &&
    (selector.version === '' || selector.version === gvk.version) &&
    (selector.kind === '' || selector.kind === gvk.kind)
  );
}

/** `Deployment.v1.apps`, with `[noGrp]` and the like for what is empty. */
export function formatGvk({ group, version, kind }: Gvk): string {
  return `${kind || '[noKind]'}.${version || '[noVer]'}.${group || '[noGrp]'}`;
}

/** `Deployment.v1.apps/name.namespace`. */
export function formatId(id: Gvk & { readonly name: string; readonly namespace: string }): string {
  return `${formatGvk(id)}/${id.name || '[noName]'}.${id.namespace || '[noNs]'}`;
}

/** An id as Go prints the struct (`%#v`). */
export function formatGoId(id: ResourceId): string {
  const scoped = id.space === noSpace;
  const gvk = `resid.Gvk{Group:${quote(id.group)}, Version:${quote(id.version)}, Kind:${quote(id.kind)}, isClusterScoped:${scoped}}`;
  return `resid.ResId{Gvk:${gvk}, Name:${quote(id.name)}, Namespace:${quote(id.namespace)}}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
