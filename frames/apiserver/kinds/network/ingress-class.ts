import { type FieldError, fieldTooLong, forbiddenField, requiredField } from '@croft/api/field-error';
import type { IngressClass } from '@croft/api/types';
import { checkDomainPath, checkImmutable, checkOneOf, checkSubdomain, invalidFor } from '../check.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';
import { pathSegmentErrors } from '../rbac/roles.ts';

type Parameters = NonNullable<NonNullable<IngressClass['spec']>['parameters']>;

export const ingressClassRules: KindParts<IngressClass> = {
  countsGeneration: true,
  default({ spec }) {
    if (spec?.parameters !== undefined) spec.parameters.scope ??= 'Cluster';
  },
  validate: checkClass,
  validateUpdate: (one, old) => [
    ...checkImmutable('spec.controller', one.spec?.controller, old.spec?.controller),
    ...checkClass(one),
  ],
  table: defineTable<IngressClass>('Name*,Controller,Parameters,Age', (one, nowMs) => [
    nameOf(one),
    one.spec?.controller ?? '',
    formatParameters(one.spec?.parameters),
    ageOf(one, nowMs),
  ]),
};

function checkClass({ spec }: IngressClass): FieldError[] {
  const controller = spec?.controller ?? '';
  return [
    ...(controller.length > 250 ? [fieldTooLong('spec.controller', 250)] : []),
    ...checkDomainPath('spec.controller', controller),
    ...(spec?.parameters === undefined ? [] : checkParameters('spec.parameters', spec.parameters)),
  ];
}

function checkParameters(path: string, parameters: Parameters): FieldError[] {
  const { kind, name, namespace, scope } = parameters;
  const errors: FieldError[] = [];
  const { apiGroup } = parameters;
  if (apiGroup) errors.push(...checkSubdomain(`${path}.apiGroup`, apiGroup));
  if (!kind) errors.push(requiredField(`${path}.kind`, 'kind is required'));
  else errors.push(...invalidFor(`${path}.kind`, kind, pathSegmentErrors(kind)));
  if (!name) errors.push(requiredField(`${path}.name`, 'name is required'));
  else errors.push(...invalidFor(`${path}.name`, name, pathSegmentErrors(name)));
  if (scope === undefined || scope === null) return [...errors, requiredField(`${path}.scope`)];
  errors.push(...checkOneOf(`${path}.scope`, scope, ['Cluster', 'Namespace']));
  if (scope === 'Namespace' && !namespace) {
    errors.push(requiredField(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'"));
  }
  if (scope === 'Cluster' && namespace) {
    errors.push(forbiddenField(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'"));
  }
  return errors;
}

function formatParameters(parameters: Parameters | undefined): string {
  if (parameters === undefined) return '<none>';
  const { apiGroup, kind, name } = parameters;
  return `${kind}${apiGroup ? `.${apiGroup}` : ''}/${name}`;
}
