import { type Kind, parseApiVersion } from '@croft/api/kind';
import { isNotFound } from '@croft/api/status';

interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean }[];
}

type Send = (method: string, path: string) => Promise<Response>;

/** Asks discovery for a kind; undefined when the API does not serve it. Not cached: CustomResourceDefinitions come and go. */
export async function findKind(send: Send, apiVersion: string, kind: string): Promise<Kind | undefined> {
  const { group, version } = parseApiVersion(apiVersion);
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  try {
    const list = (await (await send('GET', path)).json()) as ResourceList;
    const found = list.resources.find((resource) => resource.kind === kind && !resource.name.includes('/'));
    return found && { group, version, kind, plural: found.name, namespaced: found.namespaced };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
