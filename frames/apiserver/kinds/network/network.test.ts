import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFieldErrors } from '@croft/api/field-error';
import type { UnknownObject } from '@croft/api/object';
import { findKindRules } from '../rules.ts';

function made(group: string, plural: string, fields: object): UnknownObject {
  const rules = findKindRules(group, 'v1', plural);
  assert.ok(rules !== undefined);
  const { object } = rules.decode({ metadata: { name: 'n', namespace: 'default' }, ...fields });
  rules.default(object);
  return object;
}

const faults = (group: string, plural: string, fields: object) =>
  formatFieldErrors(findKindRules(group, 'v1', plural)?.validate(made(group, plural, fields)) ?? []);

const networking = 'networking.k8s.io';
const policy = (ipBlock: object) =>
  faults(networking, 'networkpolicies', { spec: { podSelector: {}, ingress: [{ from: [{ ipBlock }] }] } });
const ingress = (path: object) =>
  faults(networking, 'ingresses', {
    spec: { rules: [{ http: { paths: [{ pathType: 'Prefix', path: '/', ...path }] } }] },
  });

for (const [cidr, fault] of [
  ['10.0.0.0/8', undefined],
  ['fd00::/8', undefined],
  ['10.0.0.0', 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'],
  ['10.0.0.0/33', 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'],
  ['010.0.0.0/8', 'must not have leading 0s in IP or prefix length'],
  ['10.0.0.1/8', 'must not have bits set beyond the prefix length'],
  ['fd00::1/64', 'must not have bits set beyond the prefix length'],
  ['::ffff:10.0.0.0/104', 'must not have an IPv4-mapped IPv6 address'],
] as const) {
  test(`reads the network ${cidr}`, () => {
    const expected =
      fault === undefined ? '[]' : `spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "${cidr}": ${fault}`;
    assert.equal(policy({ cidr }), expected);
  });
}

test('what is left out of a network is a part of it', () => {
  assert.equal(policy({ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }), '[]');
  for (const outside of ['11.0.0.0/16', '10.0.0.0/8']) {
    assert.equal(
      policy({ cidr: '10.0.0.0/8', except: [outside] }),
      `spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "${outside}": must be a strict subset of \`cidr\``,
    );
  }
});

test('a backend that is no service has a kind and a name', () => {
  const at = 'spec.rules[0].http.paths[0].backend.resource';
  const backend = { resource: { kind: '', name: 'a/b' } };
  assert.equal(
    ingress({ backend }),
    `[${at}.kind: Required value: kind is required, ${at}.name: Invalid value: "a/b": may not contain '/']`,
  );
});

test('endpoints without addresses have their ports checked all the same', () => {
  const subsets = [{ ports: [{ port: 0 }] }, { addresses: [{ ip: 'x' }] }];
  const text = faults('', 'endpoints', { subsets });
  assert.match(text, /subsets\[0\]: Required value: .*subsets\[0\]\.ports\[0\]\.port: Invalid value: 0/);
  assert.match(text, /subsets\[1\]\.addresses\[0\]\.ip: Invalid value: "x": must be a valid IP address\]$/);
});

test('labels of a slice count as a change of it', () => {
  const rules = findKindRules('discovery.k8s.io', 'v1', 'endpointslices');
  const slice = (label: string) =>
    made('discovery.k8s.io', 'endpointslices', {
      metadata: { name: 'n', generation: 3, labels: { a: label } },
      addressType: 'IPv4',
    });
  const now = slice('c');
  rules?.prepareForUpdate?.(now, slice('b'));
  assert.equal(now.metadata?.generation, 4);
});
