import { parseApiVersion } from '@croft/api/kind';
import { matchesLabelSelector } from '@croft/api/label-selector';
import type { UnknownObject } from '@croft/api/object';
import { parseEntry, rangePrefix } from '../served-resource.ts';
import type { Attributes } from './attributes.ts';
import type { MatchResources, Policy, PolicyBinding } from './configurations.ts';
import { matchesRule, matchesSelectors } from './match.ts';

// What policies that validate and such that mutate have in common: what they are about, and with which parameters.

/** The bindings through which a policy has a say in a write. */
export function bindingsOf(
  { metadata, spec }: Pick<Policy, 'metadata' | 'spec'>,
  bindings: readonly PolicyBinding[],
  attributes: Attributes,
): PolicyBinding[] {
  if (!isConcerned(spec?.matchConstraints, attributes)) return [];
  return bindings.filter(({ spec: own }) => {
    if (own?.policyName !== metadata?.name) return false;
    return own?.matchResources === undefined || isBound(own.matchResources, attributes);
  });
}

/** The rules of a binding only narrow those of the policy. */
function isBound(resources: MatchResources, attributes: Attributes): boolean {
  const { resourceRules = [] } = resources;
  const rules = resourceRules.length === 0 ? [everything] : resourceRules;
  return isConcerned({ ...resources, resourceRules: rules }, attributes);
}

const everything = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] };

function isConcerned(resources: MatchResources | undefined, attributes: Attributes): boolean {
  if (resources === undefined) return false;
  const { resourceRules = [], excludeResourceRules = [], matchPolicy } = resources;
  const matches = (rule: (typeof resourceRules)[number]) => matchesRule(rule, matchPolicy, attributes);
  return resourceRules.some(matches) && !excludeResourceRules.some(matches) && matchesSelectors(resources, attributes);
}

export const noParams =
  'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction';

/**
 * What the policy is evaluated with, once for each; nothing is one of them where it takes no parameters. Undefined when
 * there are none and that is to be refused.
 */
export function paramsOf(
  { spec }: Pick<Policy, 'spec'>,
  binding: PolicyBinding,
  attributes: Attributes,
): (UnknownObject | undefined)[] | undefined {
  if (spec?.paramKind === undefined) return [undefined];
  const found = findParams(spec.paramKind, binding, attributes);
  if (found.length > 0 || binding.spec?.paramRef?.parameterNotFoundAction === 'Allow') return found;
  return undefined;
}

/** The objects that a binding names; those of a namespaced kind in the object's namespace by default. */
function findParams(
  { apiVersion, kind }: { apiVersion: string; kind: string },
  { spec }: PolicyBinding,
  { writing }: Attributes,
): UnknownObject[] {
  const { core } = writing;
  const { group, version } = parseApiVersion(apiVersion);
  const served = core.resources
    .all()
    .find(({ resource }) => resource.group === group && resource.version === version && resource.kind === kind);
  const { name, namespace = writing.namespace, selector } = spec?.paramRef ?? {};
  if (served === undefined) return [];
  const objects = core.store.range(rangePrefix(served, namespace)).entries.map(parseEntry);
  return objects.filter(({ metadata }) =>
    name === undefined ? matchesLabelSelector(selector, metadata?.labels) : metadata?.name === name,
  );
}
