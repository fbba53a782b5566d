import { parseApiVersion } from '@croft/api/kind';
import { matchesLabelSelector } from '@croft/api/label-selector';
import type { UnknownObject } from '@croft/api/object';
import type { LabelSelector } from '@croft/api/types';
import type { Attributes } from './attributes.ts';

/** What a webhook or policy is about (admissionregistration.k8s.io/v1 RuleWithOperations). */
export interface MatchRule {
  readonly operations?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly scope?: string;
}

export interface Selectors {
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly matchPolicy?: string;
}

const includes = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list.includes('*') || list.includes(value));

/** With matchPolicy `Equivalent` a rule for any version of the group is one for all. */
export function matchesRule(rule: MatchRule, matchPolicy: string | undefined, attributes: Attributes): boolean {
  const { writing, operation, name } = attributes;
  const { group, version } = parseApiVersion(writing.served.apiVersion);
  const { namespaced } = writing.served.resource;
  if (!includes(rule.operations, operation) || !includes(rule.apiGroups, group)) return false;
  if (matchPolicy === 'Exact' && !includes(rule.apiVersions, version)) return false;
  if (rule.scope === 'Cluster' && namespaced) return false;
  if (rule.scope === 'Namespaced' && !namespaced) return false;
  const names = rule.resourceNames ?? [];
  return matchesResource(rule.resources, attributes) && (names.length === 0 || names.includes(name));
}

function matchesResource(resources: readonly string[] = [], { writing }: Attributes): boolean {
  const { subresource, served } = writing;
  const { plural } = served.resource;
  return resources.some((wanted) => {
    const [resource, sub = ''] = wanted.split('/');
    if (wanted === '*/*') return true;
    const fits = resource === '*' || resource === plural;
    return fits && (sub === '*' ? subresource !== '' || resource !== '*' : sub === subresource);
  });
}

/** Whether the labels of the namespace, and of the object as it was or is to be, fit. */
export function matchesSelectors(selectors: Selectors, attributes: Attributes): boolean {
  const { namespaceSelector, objectSelector } = selectors;
  const labels = [attributes.object, attributes.old].flatMap((object) =>
    object === undefined ? [] : [object.metadata?.labels ?? {}],
  );
  if (objectSelector !== undefined && !labels.some((own) => matchesLabelSelector(objectSelector, own))) return false;
  const namespace = findNamespace(attributes);
  if (namespaceSelector === undefined || namespace === undefined) return true;
  return matchesLabelSelector(namespaceSelector, namespace.metadata?.labels ?? {});
}

/** The namespace of the object, or the object itself where it is one. */
export function findNamespace({ writing, object, old }: Attributes): UnknownObject | undefined {
  const { core, served, namespace } = writing;
  if (served.prefix === '/registry/core/namespaces/') return object ?? old;
  return namespace === '' ? undefined : core.lookup.find('namespaces', undefined, namespace);
}
