import { type FieldError, fieldTooLong, forbiddenField, requiredField } from '@croft/api/field-error';
import { dns1123SubdomainErrors } from '@croft/api/names';
import type { IngressClass } from '@croft/api/types';
import { checkImmutable, checkOneOf, invalidFor } from '../check.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';

type Parameters = NonNullable<NonNullable<IngressClass['spec']>['parameters']>;

export const ingressClassRules: KindParts<IngressClass> = {
  countsGeneration: true,
  default({ spec }) {
    if (spec?.parameters !== undefined) spec.parameters.scope ??= 'Cluster';
  },
  validate: ({ spec }) => {
    const controller = spec?.controller ?? '';
    const errors: FieldError[] = [];
    if (controller.length > 250) errors.push(fieldTooLong('spec.controller', 250));
    errors.push(...checkDomainPath('spec.controller', controller));
    if (spec?.parameters !== undefined) errors.push(...checkParameters('spec.parameters', spec.parameters));
    return errors;
  },
  validateUpdate: ({ spec }, old) => checkImmutable('spec.controller', spec?.controller, old.spec?.controller),
  table: defineTable<IngressClass>('Name*,Controller,Parameters,Age', (one, nowMs) => [
    nameOf(one),
    one.spec?.controller ?? '',
    formatParameters(one.spec?.parameters),
    ageOf(one, nowMs),
  ]),
};

function checkDomainPath(path: string, value: string): FieldError[] {
  if (value === '') return [requiredField(path)];
  const slash = value.indexOf('/');
  const [host, rest] = [value.slice(0, Math.max(slash, 0)), value.slice(slash + 1)];
  if (slash < 1 || rest === '')
    return invalidFor(path, value, ['must be a domain-prefixed path (such as "acme.io/foo")']);
  return invalidFor(path, host, dns1123SubdomainErrors(host));
}

function checkParameters(path: string, parameters: Parameters): FieldError[] {
  const { kind, name, namespace, scope } = parameters;
  const errors: FieldError[] = [];
  if (!kind) errors.push(requiredField(`${path}.kind`, 'kind is required'));
  if (!name) errors.push(requiredField(`${path}.name`, 'name is required'));
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
