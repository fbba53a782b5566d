import type { UnknownObject } from '@croft/api/object';
import type { LabelSelector } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import type { Core } from '../core.ts';
import { selectorMatch } from '../label-selector.ts';
import { updateOwn } from '../own-writes.ts';
import type { PolicyRule } from '../rbac.ts';
import { parseEntry, prefixOf } from '../served-resource.ts';
import type { Controller } from './start.ts';

const group = 'rbac.authorization.k8s.io';
const prefix = prefixOf(group, 'clusterroles');

/** Fills ClusterRoles that have an aggregationRule with the rules of the roles that it selects, in the order of names. */
export const roleAggregation: Controller = {
  name: 'cluster-role-aggregation',
  prefixes: [prefix],
  keysOf: () => [''],
  reconcile: reconcileRoles,
};

interface AggregationRule {
  clusterRoleSelectors?: LabelSelector[];
}

async function reconcileRoles(core: Core): Promise<void> {
  const served = core.resources.require(group, 'v1', 'clusterroles');
  const roles = core.store.range(prefix).entries.map(parseEntry);
  for (const role of roles) {
    const { clusterRoleSelectors } = (role.aggregationRule ?? {}) as AggregationRule;
    if (clusterRoleSelectors === undefined) continue;
    const rules = aggregatedRules(role, roles, clusterRoleSelectors);
    if (jsonEqual(rules, role.rules ?? [])) continue;
    await updateOwn(core, served, '', role.metadata?.name ?? '', (object) => ({
      ...object,
      rules: rules.length === 0 ? null : rules,
    }));
  }
}

function aggregatedRules(
  role: UnknownObject,
  roles: readonly UnknownObject[],
  selectors: readonly LabelSelector[],
): PolicyRule[] {
  const rules: PolicyRule[] = [];
  for (const selector of selectors) {
    const matches = selectorMatch(selector);
    for (const other of roles) {
      if (other === role || !matches(other.metadata?.labels ?? {})) continue;
      for (const rule of (other.rules ?? []) as PolicyRule[]) {
        if (!rules.some((known) => jsonEqual(known, rule))) rules.push(rule);
      }
    }
  }
  return rules;
}
