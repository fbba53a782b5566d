import { errorMessage } from '@croft/foundation/errors';
import { readValue } from '../kustomization/decode.ts';
import { originAnnotation } from '../resource/build-annotations.ts';
import type { Origin } from '../resource/origin.ts';
import { renderObject } from '../resource/render-object.ts';
import {
  annotationOf,
  apiVersionOf,
  gvkOf,
  kindOf,
  nameOf,
  namespaceOf,
  originalId,
  type Resource,
} from '../resource/resource.ts';
import { formatId } from '../resource/resource-id.ts';
import type { ResourceList } from '../resource/resource-list.ts';
import type { Target } from './target.ts';

/** Reads the objects that configure plugins. */
export type ReadPlugins = (target: Target, entries: readonly string[]) => ResourceList;

/** Throws unless the plugin is one that is built in. */
export function validateBuiltin({ node }: Resource): void {
  const { group, version } = gvkOf(node);
  if (group === '' && version === 'builtin') return;
  throw new Error(`external plugins disabled; unable to load external plugin '${originalId(node).kind}'`);
}

/** Configures a plugin from its object as YAML, and says which one when that fails. */
export function configurePlugin<T>(plugin: Resource, configure: (text: string) => T): T {
  const text = renderPlugin(plugin);
  try {
    return configure(text);
  } catch (error) {
    throw new Error(`plugin ${formatId(originalId(plugin.node))} fails configuration: ${errorMessage(error)}`);
  }
}

function renderPlugin({ node }: Resource): string {
  try {
    return renderObject(node);
  } catch (error) {
    throw new Error(`marshalling yaml from res ${formatId(originalId(node))}: ${errorMessage(error)}`);
  }
}

/** Where a plugin's object is, and which it is. */
export function pluginOrigin({ node }: Resource): Origin | undefined {
  const text = annotationOf(node, originAnnotation);
  if (text === undefined) return undefined;
  const value = readValue(text);
  const path = value instanceof Map ? value.get('path') : undefined;
  return {
    configuredIn: typeof path === 'string' ? path : '',
    configuredBy: {
      apiVersion: apiVersionOf(node),
      kind: kindOf(node),
      name: nameOf(node),
      namespace: namespaceOf(node),
    },
  };
}
