import { type FieldError, forbiddenField, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import type { KubeObject } from '@croft/api/object';
import type { LabelSelector } from '@croft/api/types';
import { checkNetwork, containsNetwork, networkWarnings } from '../addresses.ts';
import { checkOneOf, checkPort, checkPortOrName, type IntOrString } from '../check.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';
import { checkLabelSelector, formatSelector } from '../labels.ts';

interface Port {
  protocol?: string;
  port?: IntOrString;
  endPort?: number;
}

interface Peer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr: string; except?: string[] };
}

interface Rule {
  ports?: Port[];
  from?: Peer[];
  to?: Peer[];
}

interface NetworkPolicy extends KubeObject {
  spec?: { podSelector?: LabelSelector; ingress?: Rule[]; egress?: Rule[]; policyTypes?: string[] };
}

export const networkPolicyRules: KindParts<NetworkPolicy> = {
  countsGeneration: true,
  default({ spec }) {
    if (spec === undefined) return;
    for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
      for (const port of rule.ports ?? []) port.protocol ??= 'TCP';
    }
    spec.policyTypes ??= (spec.egress?.length ?? 0) > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  validate: (policy) => checkPolicy(policy),
  warnings: ({ spec }) => [
    ...blockWarnings('spec.ingress', 'from', spec?.ingress),
    ...blockWarnings('spec.egress', 'to', spec?.egress),
  ],
  table: defineTable<NetworkPolicy>('Name*,Pod-Selector,Age', (policy, nowMs) => [
    nameOf(policy),
    formatSelector(policy.spec?.podSelector ?? {}),
    ageOf(policy, nowMs),
  ]),
};

function blockWarnings(path: string, side: 'from' | 'to', rules: readonly Rule[] = []): string[] {
  return rules.flatMap((rule, index) =>
    (rule[side] ?? []).flatMap(({ ipBlock }, item) => {
      const at = `${path}[${index}].${side}[${item}].ipBlock`;
      const { cidr = '', except = [] } = ipBlock ?? {};
      return [
        ...networkWarnings(`${at}.cidr`, cidr),
        ...except.flatMap((one, place) => networkWarnings(`${at}.except[${place}]`, one)),
      ];
    }),
  );
}

function checkPolicy({ spec }: NetworkPolicy): FieldError[] {
  const errors = checkLabelSelector('spec.podSelector', spec?.podSelector);
  (spec?.ingress ?? []).forEach((rule, index) => {
    errors.push(...checkRule(`spec.ingress[${index}]`, rule, 'from'));
  });
  (spec?.egress ?? []).forEach((rule, index) => {
    errors.push(...checkRule(`spec.egress[${index}]`, rule, 'to'));
  });
  const types = spec?.policyTypes ?? [];
  if (types.length > 2) {
    return [...errors, invalidField('spec.policyTypes', types, 'may not specify more than two policyTypes')];
  }
  types.forEach((type, index) => {
    errors.push(...checkOneOf(`spec.policyTypes[${index}]`, type, ['Egress', 'Ingress']));
  });
  return errors;
}

function checkRule(path: string, rule: Rule, side: 'from' | 'to'): FieldError[] {
  return [
    ...(rule.ports ?? []).flatMap((port, index) => checkPolicyPort(`${path}.ports[${index}]`, port)),
    ...(rule[side] ?? []).flatMap((peer, index) => checkPeer(`${path}.${side}[${index}]`, peer)),
  ];
}

function checkPolicyPort(path: string, { protocol, port, endPort }: Port): FieldError[] {
  const errors: FieldError[] = [];
  if (protocol !== undefined && !['SCTP', 'TCP', 'UDP'].includes(protocol)) {
    errors.push(unsupportedField(`${path}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']));
  }
  const at = `${path}.endPort`;
  if (port === undefined) {
    if (endPort !== undefined) errors.push(requiredField(`${path}.port`, 'must be specified if endPort is set'));
    return errors;
  }
  errors.push(...checkPortOrName(`${path}.port`, port));
  if (endPort === undefined) return errors;
  if (typeof port === 'string')
    return [...errors, invalidField(at, endPort, 'may not be specified when `port` is non-numeric')];
  if (endPort < port) errors.push(invalidField(at, endPort, 'must be greater than or equal to `port`'));
  return [...errors, ...checkPort(at, endPort)];
}

function checkPeer(path: string, { podSelector, namespaceSelector, ipBlock }: Peer): FieldError[] {
  const count = (podSelector ?? namespaceSelector) === undefined ? 0 : 1;
  const errors = [
    ...checkLabelSelector(`${path}.podSelector`, podSelector),
    ...checkLabelSelector(`${path}.namespaceSelector`, namespaceSelector),
    ...(ipBlock === undefined ? [] : checkBlock(`${path}.ipBlock`, ipBlock)),
  ];
  if (count === 0 && ipBlock === undefined) return [...errors, requiredField(path, 'must specify a peer')];
  if (count > 0 && ipBlock !== undefined) {
    errors.push(forbiddenField(path, 'may not specify both ipBlock and another peer'));
  }
  return errors;
}

function checkBlock(path: string, { cidr, except = [] }: { cidr: string; except?: string[] }): FieldError[] {
  if (!cidr) return [requiredField(`${path}.cidr`)];
  return [
    ...checkNetwork(`${path}.cidr`, cidr),
    ...except.flatMap((one, index) => {
      const at = `${path}.except[${index}]`;
      const outside = containsNetwork(cidr, one) === false;
      return [
        ...checkNetwork(at, one),
        ...(outside ? [invalidField(at, one, 'must be a strict subset of `cidr`')] : []),
      ];
    }),
  ];
}
