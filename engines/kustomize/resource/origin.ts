import { needsQuotes } from '../yaml/scalar.ts';
import { originAnnotation, transformationsAnnotation } from './build-annotations.ts';
import { annotationsOf, isEmptyResource, setAnnotations } from './resource.ts';
import type { ResourceList } from './resource-list.ts';

/** Where an object, or a change to it, comes from: a file, or a field or plugin of a kustomization file. */
export interface Origin {
  readonly path?: string;
  readonly configuredIn?: string;
  readonly configuredBy?: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name?: string;
    readonly namespace?: string;
  };
}

/** The origin as the annotation has it. */
export function renderOrigin(origin: Origin): string {
  const { path, configuredIn, configuredBy } = origin;
  const lines = [...line('path', path), ...line('configuredIn', configuredIn)];
  if (configuredBy !== undefined) {
    const { apiVersion, kind, name, namespace } = configuredBy;
    const inner = [...line('apiVersion', apiVersion), ...line('kind', kind), ...line('name', name)];
    lines.push('configuredBy:', ...[...inner, ...line('namespace', namespace)].map((text) => `  ${text}`));
  }
  return `${lines.join('\n')}\n`;
}

function line(key: string, value: string | undefined): string[] {
  if (value === undefined || value === '') return [];
  return [`${key}: ${needsQuotes(value) ? JSON.stringify(value) : value}`];
}

/** Gives objects that have no origin this one. */
export function addOrigin(list: ResourceList, origin: Origin): void {
  for (const { node } of list.items) {
    const annotations = annotationsOf(node);
    if (!annotations.has(originAnnotation)) {
      setAnnotations(node, annotations.set(originAnnotation, renderOrigin(origin)));
    }
  }
}

/** Notes a change: objects without origin were made by it. */
export function addTransformation(list: ResourceList, origin: Origin): void {
  for (const resource of list.items) {
    if (isEmptyResource(resource)) continue;
    const { node } = resource;
    const annotations = annotationsOf(node);
    if (!annotations.has(originAnnotation)) annotations.set(originAnnotation, renderOrigin(origin));
    else {
      const item = renderOrigin(origin)
        .split('\n')
        .map((text, i) => (text === '' ? '' : `${i === 0 ? '- ' : '  '}${text}`))
        .join('\n');
      annotations.set(transformationsAnnotation, (annotations.get(transformationsAnnotation) ?? '') + item);
    }
    setAnnotations(node, annotations);
  }
}

/** Takes annotations of this name away; the others are written anew. */
export function removeAnnotation(list: ResourceList, key: string): void {
  for (const { node } of list.items) {
    const annotations = annotationsOf(node);
    annotations.delete(key);
    setAnnotations(node, annotations);
  }
}
