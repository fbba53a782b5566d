import { apiVersionOf } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import { builtInResources } from '@croft/api/resources';
import type { KindRules } from '../kind-rules.ts';
import { defineRules, type KindParts } from './define.ts';

/** By `plural`, or `plural.group`. */
const parts: Readonly<Record<string, KindParts<KubeObject>>> = {};

const rules = new Map<string, KindRules>();

/** The rules of a built-in resource; undefined where there is none of that name. */
export function findKindRules(group: string, version: string, plural: string): KindRules | undefined {
  const key = `${group}/${version}/${plural}`;
  const known = rules.get(key);
  if (known !== undefined) return known;
  const resource = builtInResources.find(
    (candidate) => candidate.group === group && candidate.version === version && candidate.plural === plural,
  );
  if (resource === undefined) return undefined;
  const own = parts[`${plural}/${version}`] ?? parts[group === '' ? plural : `${plural}.${group}`] ?? {};
  const made = defineRules<KubeObject>(apiVersionOf(resource), resource.kind, own);
  rules.set(key, made);
  return made;
}
