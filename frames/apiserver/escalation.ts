import type { UnknownObject } from '@croft/api/object';
import type { AccessRequest } from './access.ts';
import { forbidden, notFound } from './failures.ts';
import { joinErrors, matchesPath, type PolicyRule, type Rbac } from './rbac.ts';
import type { ServedResource } from './served-resource.ts';
import { isMaster, type User } from './user.ts';

interface RoleRef {
  kind: string;
  name: string;
}

/** Nobody grants what they may not do themselves (pkg/registry/rbac). */
export interface EscalationCheck {
  /** Throws 403 when writing this Role or binding would hand out more than the user has. */
  check(
    served: ServedResource,
    user: User,
    namespace: string,
    object: UnknownObject,
    old: UnknownObject | undefined,
  ): void;
}

const group = 'rbac.authorization.k8s.io';

export function createEscalationCheck(rbac: Rbac): EscalationCheck {
  return {
    check(served, user, namespace, object, old) {
      const { resource } = served;
      if (resource.group !== group || isMaster(user)) return;
      const isRole = resource.plural === 'roles' || resource.plural === 'clusterroles';
      const name = object.metadata?.name ?? '';
      const verb = isRole ? 'escalate' : 'bind';
      const ref = (object.roleRef ?? { kind: '', name: '' }) as RoleRef;
      const target = isRole ? resource.plural : ref.kind === 'ClusterRole' ? 'clusterroles' : 'roles';
      const request = accessTo(user, verb, target, namespace, isRole ? name : ref.name);
      if (rbac.authorize(request).allowed) return;
      if (isRole && old !== undefined && sameRules(object.rules, old.rules)) return;
      const granted = isRole ? ((object.rules ?? []) as PolicyRule[]) : rbac.roleRules(ref, namespace);
      if (granted === undefined) throw notFound({ group, plural: target }, ref.name);
      const unresolved: string[] = [];
      const own = [...rbac.rulesFor(user, namespace, unresolved)].map(({ rule }) => rule);
      const missing = granted.flatMap(splitRule).filter((rule) => !own.some((held) => holds(held, rule)));
      if (missing.length === 0) return;
      const groups = user.groups.map((one) => JSON.stringify(one)).join(' ');
      const why = `user ${JSON.stringify(user.name)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${renderRules(missing)}${renderUnresolved(unresolved)}`;
      throw forbidden(resource, name, why);
    },
  };
}

const renderUnresolved = (errors: readonly string[]): string =>
  errors.length === 0 ? '' : `; resolution errors: [${joinErrors(errors)}]`;

const sameRules = (left: unknown, right: unknown): boolean =>
  JSON.stringify(left ?? []) === JSON.stringify(right ?? []);

function accessTo(user: User, verb: string, resource: string, namespace: string, name: string): AccessRequest {
  return { user, verb, isResource: true, path: '', group, resource, subresource: '', namespace, name };
}

/** A rule as many that each grant one verb on one thing. */
function splitRule(rule: PolicyRule): PolicyRule[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const names = resourceNames.length === 0 ? [undefined] : resourceNames;
  const onResources = apiGroups.flatMap((apiGroup) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) =>
        names.map((name) => ({
          verbs: [verb],
          apiGroups: [apiGroup],
          resources: [resource],
          ...(name === undefined ? {} : { resourceNames: [name] }),
        })),
      ),
    ),
  );
  const onPaths = nonResourceURLs.flatMap((path) => verbs.map((verb) => ({ verbs: [verb], nonResourceURLs: [path] })));
  return [...onResources, ...onPaths];
}

/** Rules of one verb each; those on the same thing are shown as one. */
function renderRules(rules: readonly PolicyRule[]): string {
  const shown = new Set<string>();
  const verbsOf = new Map<string, Set<string>>();
  for (const { verbs, ...thing } of rules) {
    if (thing.nonResourceURLs !== undefined) shown.add(renderRule({ verbs, ...thing }));
    const key = JSON.stringify(thing);
    if (thing.nonResourceURLs === undefined) verbsOf.set(key, new Set([...(verbsOf.get(key) ?? []), ...verbs]));
  }
  for (const [key, verbs] of verbsOf) shown.add(renderRule({ ...(JSON.parse(key) as PolicyRule), verbs: [...verbs] }));
  return [...shown].sort().join('\n');
}

const has = (list: readonly string[] | undefined, value: string | undefined): boolean =>
  list !== undefined && (list.includes('*') || (value !== undefined && list.includes(value)));

function holds(held: PolicyRule, wanted: PolicyRule): boolean {
  if (!has(held.verbs, wanted.verbs[0])) return false;
  const path = wanted.nonResourceURLs?.[0];
  if (path !== undefined)
    return (held.nonResourceURLs ?? []).some((pattern) => pattern === path || matchesPath(pattern, path));
  const resource = wanted.resources?.[0] ?? '';
  const [, subresource] = resource.split('/');
  const covered =
    has(held.resources, resource) || (subresource !== undefined && has(held.resources, `*/${subresource}`));
  const name = wanted.resourceNames?.[0];
  const named =
    (held.resourceNames ?? []).length === 0 || (name !== undefined && (held.resourceNames ?? []).includes(name));
  return covered && has(held.apiGroups, wanted.apiGroups?.[0]) && named;
}

/** As Kubernetes lists them: `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`. */
function renderRule({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string {
  const parts = [
    ['APIGroups', apiGroups],
    ['Resources', resources],
    ['ResourceNames', resourceNames],
    ['NonResourceURLs', nonResourceURLs],
    ['Verbs', verbs],
  ] as const;
  const shown = parts.flatMap(([label, values]) =>
    values === undefined ? [] : [`${label}:[${values.map((value) => JSON.stringify(value)).join(' ')}]`],
  );
  return `{${shown.join(', ')}}`;
}
