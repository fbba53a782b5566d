import { isIP } from 'node:net';
import { type FieldError, invalidField, requiredField } from '@croft/api/field-error';
import { dns1123LabelErrors, dns1123SubdomainErrors, portNameErrors, wildcardSubdomainErrors } from '@croft/api/names';
import type { KubeObject, UnknownObject } from '@croft/api/object';
import type { Ingress } from '@croft/api/types';
import type { Lookup } from '../../kind-rules.ts';
import { checkOneOf, checkPort, invalidFor } from '../check.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts, Writable } from '../define.ts';
import { pathSegmentErrors } from '../rbac/roles.ts';

type Spec = NonNullable<Ingress['spec']>;
type Rule = NonNullable<Spec['rules']>[number];
type Path = NonNullable<NonNullable<Rule['http']>['paths']>[number];
type Backend = NonNullable<Spec['defaultBackend']>;

const classAnnotation = 'kubernetes.io/ingress.class';

export const ingressRules: KindParts<Writable<Ingress>> = {
  countsGeneration: true,
  admit: (ingress, old, lookup) => {
    if (old === undefined) chooseClass(ingress, lookup);
  },
  validate: (ingress) => [...checkClassTwice(ingress), ...checkIngress(ingress)],
  validateUpdate: (ingress) => checkIngress(ingress),
  warnings: ({ metadata, spec }) =>
    metadata?.annotations?.[classAnnotation] === undefined || spec?.ingressClassName !== undefined
      ? []
      : [`annotation "${classAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`],
  table: defineTable<Ingress>('Name*,Class,Hosts,Address,Ports,Age', (ingress, nowMs) => [
    nameOf(ingress),
    ingress.spec?.ingressClassName ?? '<none>',
    formatHosts(ingress.spec?.rules),
    addressesOf(ingress.status?.loadBalancer?.ingress),
    (ingress.spec?.tls?.length ?? 0) > 0 ? '80, 443' : '80',
    ageOf(ingress, nowMs),
  ]),
};

/** The DefaultIngressClass plugin. */
function chooseClass(ingress: Writable<Ingress>, lookup: Lookup): void {
  if (ingress.spec?.ingressClassName !== undefined) return;
  if (ingress.metadata?.annotations?.[classAnnotation] !== undefined) return;
  const mark = 'ingressclass.kubernetes.io/is-default-class';
  const classes = lookup
    .list('ingressclasses.networking.k8s.io')
    .filter((one) => one.metadata?.annotations?.[mark] === 'true');
  const created = (one: KubeObject) => String(one.metadata?.creationTimestamp ?? '');
  const [newest] = classes.toSorted(
    (left: UnknownObject, right: UnknownObject) =>
      created(right).localeCompare(created(left)) || nameOf(left).localeCompare(nameOf(right)),
  );
  if (newest === undefined) return;
  ingress.spec = { ...ingress.spec, ingressClassName: nameOf(newest) };
}

function checkClassTwice({ metadata, spec }: Ingress): FieldError[] {
  const annotation = metadata?.annotations?.[classAnnotation];
  if (annotation === undefined || spec?.ingressClassName === undefined) return [];
  const path = `annotations.${classAnnotation}`;
  return annotation === spec.ingressClassName
    ? []
    : [invalidField(path, annotation, 'must match `ingressClassName` when both are specified')];
}

function checkIngress({ spec }: Ingress): FieldError[] {
  const { rules = [], defaultBackend, tls = [], ingressClassName: name } = spec ?? {};
  const errors: FieldError[] = [];
  if (rules.length === 0 && defaultBackend === undefined) {
    errors.push(invalidField('spec', null, 'either `defaultBackend` or `rules` must be specified'));
  }
  if (defaultBackend !== undefined) errors.push(...checkBackend('spec.defaultBackend', defaultBackend));
  rules.forEach((rule, index) => {
    errors.push(...checkRule(`spec.rules[${index}]`, rule));
  });
  tls.forEach(({ hosts = [], secretName }, index) => {
    const at = `spec.tls[${index}]`;
    hosts.forEach((host, item) => {
      const faults = host.includes('*') ? wildcardSubdomainErrors(host) : dns1123SubdomainErrors(host);
      errors.push(...invalidFor(`${at}.hosts[${item}]`, host, faults));
    });
    if (secretName) errors.push(...invalidFor(`${at}.secretName`, secretName, dns1123SubdomainErrors(secretName)));
  });
  if (name !== undefined) errors.push(...invalidFor('spec.ingressClassName', name, dns1123SubdomainErrors(name)));
  return errors;
}

function checkRule(path: string, { host = '', http }: Rule): FieldError[] {
  const at = `${path}.host`;
  const errors: FieldError[] = [];
  if (isIP(host) !== 0) errors.push(invalidField(at, host, 'must be a DNS name, not an IP address'));
  if (host.includes('*')) errors.push(...invalidFor(at, host, wildcardSubdomainErrors(host)));
  else if (host !== '') errors.push(...invalidFor(at, host, dns1123SubdomainErrors(host)));
  if (http === undefined) return errors;
  const paths = http.paths ?? [];
  if (paths.length === 0) return [...errors, requiredField(`${path}.http.paths`)];
  return [...errors, ...paths.flatMap((one, index) => checkPath(`${path}.http.paths[${index}]`, one))];
}

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];
const badParts = ['//', '/./', '/../', '%2f', '%2F'];
const badEnds = ['/..', '/.'];

function checkPath(path: string, { path: value = '', pathType, backend }: Path): FieldError[] {
  const at = `${path}.path`;
  const errors: FieldError[] = [];
  if ((pathType ?? null) === null) {
    return [
      requiredField(`${path}.pathType`, 'pathType must be specified'),
      ...checkBackend(`${path}.backend`, backend),
    ];
  }
  if (pathType === 'ImplementationSpecific') {
    if (value !== '' && !value.startsWith('/')) errors.push(invalidField(at, value, 'must be an absolute path'));
  } else if (!pathTypes.includes(pathType)) errors.push(...checkOneOf(`${path}.pathType`, pathType, pathTypes));
  else {
    if (!value.startsWith('/')) errors.push(invalidField(at, value, 'must be an absolute path'));
    for (const part of badParts)
      if (value.includes(part)) errors.push(invalidField(at, value, `must not contain '${part}'`));
    for (const end of badEnds)
      if (value.endsWith(end)) errors.push(invalidField(at, value, `cannot end with '${end}'`));
  }
  return [...errors, ...checkBackend(`${path}.backend`, backend)];
}

function checkResource(path: string, { apiGroup, kind, name }: NonNullable<Backend['resource']>): FieldError[] {
  const named = (field: string, value: string | undefined) =>
    value
      ? invalidFor(`${path}.${field}`, value, pathSegmentErrors(value))
      : [requiredField(`${path}.${field}`, `${field} is required`)];
  return [
    ...(apiGroup ? invalidFor(`${path}.apiGroup`, apiGroup, dns1123SubdomainErrors(apiGroup)) : []),
    ...named('kind', kind),
    ...named('name', name),
  ];
}

function checkBackend(path: string, backend: Backend | undefined): FieldError[] {
  const { service, resource } = backend ?? {};
  if (resource !== undefined && service !== undefined) {
    return [invalidField(path, '', 'cannot set both resource and service backends')];
  }
  if (resource !== undefined) return checkResource(`${path}.resource`, resource);
  if (service === undefined) return [invalidField(path, '', 'resource or service backend is required')];
  const errors: FieldError[] = [];
  const at = `${path}.service`;
  const name = service.name ?? '';
  if (name === '') errors.push(requiredField(`${at}.name`));
  else errors.push(...invalidFor(`${at}.name`, name, dns1123LabelErrors(name)));
  const { number = 0, name: portName = '' } = service.port ?? {};
  if (portName !== '' && number !== 0) {
    errors.push(invalidField(path, '', 'cannot set both port name & port number'));
  } else if (portName !== '') errors.push(...invalidFor(`${at}.port.name`, portName, portNameErrors(portName)));
  else if (number !== 0) errors.push(...checkPort(`${at}.port.number`, number));
  else errors.push(requiredField(path, 'port name or number is required'));
  return errors;
}

/** Each address once, in order. */
function addressesOf(given: readonly { ip?: string; hostname?: string }[] = []): string {
  const all = given.map(({ ip, hostname }) => ip || hostname || '').filter((one) => one !== '');
  return [...new Set(all)].sort().join(',');
}

/** At most three hosts, then how many more there are; `*` for any. */
function formatHosts(rules: readonly Rule[] = []): string {
  const hosts = rules.slice(0, 3).map((rule) => rule.host ?? '');
  if (hosts.every((host) => host === '')) return '*';
  const shown = hosts.filter((host) => host !== '').join(',');
  return rules.length > 3 ? `${shown} + ${rules.length - 3} more...` : shown;
}
