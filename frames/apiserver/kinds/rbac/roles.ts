import { type FieldError, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import { dns1123SubdomainErrors } from '@croft/api/names';
import type { KubeObject } from '@croft/api/object';
import type { LabelSelector } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { invalidFor } from '../check.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';
import { internalForm } from '../internal-form.ts';
import { checkLabelSelector } from '../labels.ts';

interface Rule {
  verbs?: string[] | null;
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

interface Role extends KubeObject {
  rules?: Rule[] | null;
  aggregationRule?: { clusterRoleSelectors?: LabelSelector[] };
}

interface Subject {
  kind: string;
  apiGroup?: string;
  name: string;
  namespace?: string;
}

interface Binding extends KubeObject {
  subjects?: Subject[];
  roleRef: { apiGroup: string; kind: string; name: string };
}

const group = 'rbac.authorization.k8s.io';

/** Role names may hold what a path segment may. */
export function pathSegmentErrors(name: string): string[] {
  if (name === '.') return ["may not be '.'"];
  if (name === '..') return ["may not be '..'"];
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
}

export const roleRules: KindParts<Role> = {
  createsOnUpdate: true,
  validateName: pathSegmentErrors,
  validate: ({ rules }) => checkRules(rules, true),
};

export const clusterRoleRules: KindParts<Role> = {
  createsOnUpdate: true,
  validateName: pathSegmentErrors,
  validate: ({ rules, aggregationRule }) => {
    const errors = checkRules(rules, false);
    if (aggregationRule === undefined) return errors;
    const selectors = aggregationRule.clusterRoleSelectors ?? [];
    if (selectors.length === 0) {
      return [
        ...errors,
        requiredField(
          'aggregationRule.clusterRoleSelectors',
          'at least one clusterRoleSelector required if aggregationRule is non-nil',
        ),
      ];
    }
    return [
      ...errors,
      ...selectors.flatMap((one, index) => checkLabelSelector(`aggregationRule.clusterRoleSelectors[${index}]`, one)),
    ];
  },
};

function checkRules(rules: Rule[] | null | undefined, namespaced: boolean): FieldError[] {
  return (rules ?? []).flatMap((rule, index) => checkRule(`rules[${index}]`, rule, namespaced));
}

function checkRule(path: string, rule: Rule, namespaced: boolean): FieldError[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const errors: FieldError[] = [];
  if ((verbs ?? []).length === 0) errors.push(requiredField(`${path}.verbs`, 'verbs must contain at least one value'));
  if (nonResourceURLs.length > 0) {
    const at = `${path}.nonResourceURLs`;
    if (namespaced)
      errors.push(invalidField(at, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
    if (apiGroups.length + resources.length + resourceNames.length > 0) {
      errors.push(
        invalidField(at, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs'),
      );
    }
    return errors;
  }
  if (apiGroups.length === 0) {
    errors.push(requiredField(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
  }
  if (resources.length === 0) {
    errors.push(requiredField(`${path}.resources`, 'resource rules must supply at least one resource'));
  }
  return errors;
}

const bindingTable = defineTable<Binding>('Name*,Role,Age,+Users,+Groups,+ServiceAccounts', (binding, nowMs) => [
  nameOf(binding),
  `${binding.roleRef.kind}/${binding.roleRef.name}`,
  ageOf(binding, nowMs),
  subjectNames(binding, 'User'),
  subjectNames(binding, 'Group'),
  (binding.subjects ?? [])
    .filter((subject) => subject.kind === 'ServiceAccount')
    .map(({ namespace, name }) => `${namespace ?? ''}/${name}`)
    .join(', '),
]);

function subjectNames({ subjects = [] }: Binding, kind: string): string {
  return subjects
    .filter((subject) => subject.kind === kind)
    .map((subject) => subject.name)
    .join(', ');
}

function bindingRules(namespaced: boolean): KindParts<Binding> {
  const check = (binding: Binding) => checkBinding(binding, namespaced);
  return {
    createsOnUpdate: true,
    validateName: pathSegmentErrors,
    default(binding) {
      if (!binding.roleRef.apiGroup) binding.roleRef.apiGroup = group;
      for (const subject of binding.subjects ?? []) {
        if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ??= group;
      }
    },
    validate: check,
    validateUpdate: (binding, old) => [
      ...check(binding),
      ...(jsonEqual(binding.roleRef, old.roleRef)
        ? []
        : [invalidField('roleRef', internalForm('rbac.v1.RoleRef', binding.roleRef), 'cannot change roleRef')]),
    ],
    table: bindingTable,
  };
}

export const roleBindingRules = bindingRules(true);
export const clusterRoleBindingRules = bindingRules(false);

function checkBinding({ roleRef, subjects = [] }: Binding, namespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (roleRef.apiGroup !== group) errors.push(unsupportedField('roleRef.apiGroup', roleRef.apiGroup, [group]));
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(roleRef.kind)) errors.push(unsupportedField('roleRef.kind', roleRef.kind ?? '', kinds));
  if (!roleRef.name) errors.push(requiredField('roleRef.name'));
  else errors.push(...invalidFor('roleRef.name', roleRef.name, pathSegmentErrors(roleRef.name)));
  return [...errors, ...subjects.flatMap((subject, index) => checkSubject(`subjects[${index}]`, subject, namespaced))];
}

function checkSubject(path: string, subject: Subject, namespaced: boolean): FieldError[] {
  const { kind, name = '', namespace = '', apiGroup = '' } = subject;
  const errors: FieldError[] = name === '' ? [requiredField(`${path}.name`)] : [];
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') errors.push(...invalidFor(`${path}.name`, name, dns1123SubdomainErrors(name)));
      if (apiGroup !== '') errors.push(unsupportedField(`${path}.apiGroup`, apiGroup, ['']));
      if (!namespaced && namespace === '') errors.push(requiredField(`${path}.namespace`));
      return errors;
    case 'User':
    case 'Group':
      if (apiGroup !== group) errors.push(unsupportedField(`${path}.apiGroup`, apiGroup, [group]));
      return errors;
    default:
      return [...errors, unsupportedField(`${path}.kind`, kind ?? '', ['ServiceAccount', 'User', 'Group'])];
  }
}
