import { parseApiVersion } from '@croft/api/kind';
import type { KubeObject, Stored, UnknownObject } from '@croft/api/object';
import { errorMessage } from '@croft/foundation/errors';
import { parseLabelExpression } from '@croft/kustomize/resource/label-expression';
import { compileSelector, fullSelector } from '@croft/kustomize/resource/selector';
import type { IgnoreRule } from '../types.ts';
import { findAt, withValueAt } from './json-pointer.ts';

/** The JSON pointers that rules say to leave alone in an object. */
export type IgnoredPaths = (object: KubeObject) => string[];

/** Throws Error naming the rule whose target cannot be read. */
export function compileIgnoreRules(rules: readonly IgnoreRule[] = []): IgnoredPaths {
  const compiled = rules.map(({ paths, target }, index) => ({ paths, matches: compileTarget(target, index) }));
  return (object) => compiled.flatMap(({ paths, matches }) => (matches(object) ? paths : []));
}

function compileTarget(target: IgnoreRule['target'] = {}, index: number): (object: KubeObject) => boolean {
  const { labelSelector = '', annotationSelector = '', ...names } = target;
  try {
    const matcher = compileSelector(fullSelector(names));
    const labels = parseLabelExpression(labelSelector);
    const annotations = parseLabelExpression(annotationSelector);
    return ({ apiVersion = '', kind = '', metadata = {} }) =>
      matcher.gvk({ ...parseApiVersion(apiVersion), kind }) &&
      matcher.name(metadata.name ?? '') &&
      matcher.namespace(metadata.namespace ?? '') &&
      labels(new Map(Object.entries(metadata.labels ?? {}))) &&
      annotations(new Map(Object.entries(metadata.annotations ?? {})));
  } catch (error) {
    throw new Error(`the target of ignore rule ${index + 1} cannot be read: ${errorMessage(error)}`, { cause: error });
  }
}

/** The object to apply with what is there now in the ignored places, so that applying it changes nothing there. */
export function keepIgnored(
  wanted: UnknownObject,
  present: Stored<KubeObject>,
  paths: readonly string[],
): UnknownObject {
  return paths.reduce((object, path) => withValueAt(object, path, findAt(present, path)), wanted);
}
