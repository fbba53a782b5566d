import { RE2JS } from 're2js';
import { parseLabelExpression } from './label-expression.ts';
import { annotationsOf, currentId, gvkOf, labelsOf, originalId, type Resource } from './resource.ts';
import type { Gvk } from './resource-id.ts';

/** Which objects are meant. Group, version, kind, name and namespace are regular expressions that must fit wholly. */
export interface Selector {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly labelSelector: string;
  readonly annotationSelector: string;
}

/** A selector with all its parts. */
export function fullSelector(selector: Partial<Selector>): Selector {
  const empty = {
    group: '',
    version: '',
    kind: '',
    name: '',
    namespace: '',
    labelSelector: '',
    annotationSelector: '',
  };
  return { ...empty, ...selector };
}

export interface Matcher {
  readonly gvk: (gvk: Gvk) => boolean;
  readonly name: (name: string) => boolean;
  readonly namespace: (namespace: string) => boolean;
}

/** Throws on a bad expression, in the words of Go's regexp. */
export function compileSelector(selector: Selector): Matcher {
  const group = anchored(selector.group);
  const version = anchored(selector.version);
  const kind = anchored(selector.kind);
  return {
    gvk: (gvk) => group(gvk.group) && version(gvk.version) && kind(gvk.kind),
    name: anchored(selector.name),
    namespace: anchored(selector.namespace),
  };
}

function anchored(pattern: string): (text: string) => boolean {
  if (pattern === '') return () => true;
  const expression = compileExpression(`^(?:${pattern})$`);
  return (text) => expression.test(text);
}

/** A regular expression with Go's syntax and errors. */
export function compileExpression(pattern: string): { test(text: string): boolean } {
  try {
    const compiled = RE2JS.compile(pattern);
    return { test: (text) => compiled.matcher(text).find() };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(text.startsWith('error parsing regexp') ? text : `error parsing regexp: ${text}`);
  }
}

/** The objects that fit, by the names they have now or had in their files. */
export function selectResources(items: readonly Resource[], selector: Selector): Resource[] {
  const matcher = compileSelector(selector);
  const labels = parseLabelExpression(selector.labelSelector);
  const annotations = parseLabelExpression(selector.annotationSelector);
  return items.filter(({ node }) => {
    const now = currentId(node);
    const before = originalId(node);
    return (
      (matcher.namespace(before.space) || matcher.namespace(now.space)) &&
      (matcher.name(before.name) || matcher.name(now.name)) &&
      matcher.gvk(gvkOf(node)) &&
      labels(labelsOf(node)) &&
      annotations(annotationsOf(node))
    );
  });
}

/** Whether the labels and annotations of an object fit. */
export function matchesMetadata(resource: Resource, selector: Selector): boolean {
  return (
    parseLabelExpression(selector.annotationSelector)(annotationsOf(resource.node)) &&
    parseLabelExpression(selector.labelSelector)(labelsOf(resource.node))
  );
}
