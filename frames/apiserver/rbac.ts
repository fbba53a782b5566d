import type { Entry, RevisionLog } from '@croft/store/contract';
import type { Access, AccessRequest, Authorizer } from './access.ts';
import { parseEntry, prefixOf } from './served-resource.ts';
import { findServiceAccount, isMaster, type User } from './user.ts';

export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

interface RoleRef {
  readonly kind: string;
  readonly name: string;
}

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

const group = 'rbac.authorization.k8s.io';
const prefixes = {
  roles: prefixOf(group, 'roles'),
  clusterRoles: prefixOf(group, 'clusterroles'),
  roleBindings: prefixOf(group, 'rolebindings'),
  clusterRoleBindings: prefixOf(group, 'clusterrolebindings'),
};

export type Rbac = Authorizer & RuleSource;

/** Role-based access as the stored roles and bindings say now. Members of system:masters may do everything. */
export function createRbac(store: RevisionLog): Rbac {
  const rulesFor: RuleSource['rulesFor'] = (user, namespace, missing = []) =>
    collectRules(store, user, namespace, missing);
  return {
    rulesFor,
    roleRules: (ref, namespace) => roleRules(store, ref, namespace),
    authorize(request): Access {
      if (isMaster(request.user)) return { allowed: true, reason: '' };
      const missing: string[] = [];
      for (const { rule, reason } of rulesFor(request.user, request.namespace, missing)) {
        if (covers(rule, request)) return { allowed: true, reason };
      }
      return { allowed: false, reason: missing.length === 0 ? '' : `RBAC: ${joinErrors(missing)}` };
    },
  };
}

export interface GrantedRule {
  readonly rule: PolicyRule;
  readonly reason: string;
}

export interface RuleSource {
  /**
   * What a user may do in a namespace, or in the whole cluster when it is empty. `missing` is told of roles that are bound
   * but not there.
   */
  rulesFor(user: User, namespace: string, missing?: string[]): Iterable<GrantedRule>;
  /** Undefined when there is no such role. */
  roleRules(ref: RoleRef, namespace: string): readonly PolicyRule[] | undefined;
}

function* collectRules(store: RevisionLog, user: User, namespace: string, missing: string[]): Iterable<GrantedRule> {
  yield* boundRules(store, store.range(prefixes.clusterRoleBindings).entries, user, '', missing);
  if (namespace === '') return;
  const { entries } = store.range(`${prefixes.roleBindings}${namespace}/`);
  yield* boundRules(store, entries, user, namespace, missing);
}

function* boundRules(
  store: RevisionLog,
  bindings: readonly Entry[],
  user: User,
  namespace: string,
  missing: string[],
): Iterable<GrantedRule> {
  const kind = namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding';
  for (const entry of bindings) {
    const binding = parseEntry(entry);
    const subjects = (binding.subjects ?? []) as Subject[];
    const subject = subjects.find((candidate) => isSubject(candidate, user, namespace));
    if (subject === undefined) continue;
    const ref = binding.roleRef as RoleRef;
    const name = binding.metadata?.name ?? '';
    const binder = namespace === '' ? `${kind} "${name}"` : `${kind} "${name}/${namespace}"`;
    const reason = `RBAC: allowed by ${binder} of ${ref.kind} "${ref.name}" to ${describe(subject)}`;
    const rules = roleRules(store, ref, namespace);
    if (rules === undefined) missing.push(`${ref.kind.toLowerCase()}.${group} "${ref.name}" not found`);
    for (const rule of rules ?? []) yield { rule, reason };
  }
}

/** Several errors as Go's aggregate prints them: each once, in brackets where there are many. */
export function joinErrors(errors: readonly string[]): string {
  const [first = '', ...more] = new Set(errors);
  return more.length === 0 ? first : `[${[first, ...more].join(', ')}]`;
}

function describe({ kind, name, namespace }: Subject): string {
  return kind === 'ServiceAccount' ? `ServiceAccount "${name}/${namespace}"` : `${kind} "${name}"`;
}

function isSubject(subject: Subject, user: User, namespace: string): boolean {
  if (subject.kind === 'User') return subject.name === user.name;
  if (subject.kind === 'Group') return user.groups.includes(subject.name);
  const account = findServiceAccount(user.name);
  return account?.name === subject.name && account.namespace === (subject.namespace || namespace);
}

function roleRules(store: RevisionLog, ref: RoleRef, namespace: string): readonly PolicyRule[] | undefined {
  const key =
    ref.kind === 'ClusterRole' ? prefixes.clusterRoles + ref.name : `${prefixes.roles}${namespace}/${ref.name}`;
  const entry = store.get(key);
  return entry === undefined ? undefined : ((parseEntry(entry).rules ?? []) as PolicyRule[]);
}

const includes = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list.includes('*') || list.includes(value));

export function covers(rule: PolicyRule, request: AccessRequest): boolean {
  if (!includes(rule.verbs, request.verb)) return false;
  if (!request.isResource) return (rule.nonResourceURLs ?? []).some((pattern) => matchesPath(pattern, request.path));
  return (
    includes(rule.apiGroups, request.group) &&
    matchesResource(rule.resources, request.resource, request.subresource) &&
    (rule.resourceNames === undefined || rule.resourceNames.length === 0 || rule.resourceNames.includes(request.name))
  );
}

function matchesResource(resources: readonly string[] | undefined, resource: string, subresource: string): boolean {
  const wanted = subresource === '' ? resource : `${resource}/${subresource}`;
  return (resources ?? []).some(
    (candidate) =>
      candidate === '*' || candidate === wanted || (subresource !== '' && candidate === `*/${subresource}`),
  );
}

export function matchesPath(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  return pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1));
}
