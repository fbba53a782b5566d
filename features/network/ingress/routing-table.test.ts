import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ingress } from '@croft/api/types';
import { testIngress } from '../testing/objects.ts';
import { renderPathPattern } from './path-pattern.ts';
import { buildRoutingTable } from './routing-table.ts';
import type { IngressWarnings } from './warnings.ts';

const created = (ingress: Ingress, second: number): Ingress => ({
  ...ingress,
  metadata: { ...ingress.metadata, creationTimestamp: `2026-01-01T00:00:0${second}Z` as unknown as Date & string },
});

test('exact hosts come before wildcards before none, long paths before short', () => {
  const table = buildRoutingTable(
    [
      testIngress('any', ''),
      testIngress('wild', '*.croft.test'),
      testIngress('a', 'A.croft.test', 'web', '/'),
      testIngress('b', 'a.croft.test', 'web', '/longer'),
    ],
    new Map(),
  );
  assert.deepEqual([...table.keys()], ['a.croft.test', '*.croft.test', '']);
  assert.deepEqual(
    table.get('a.croft.test')?.map(({ path }) => path),
    ['/longer', '/'],
  );
});

test('the older of two Ingresses keeps what both claim', () => {
  const warnings: IngressWarnings = new Map();
  const younger = created(testIngress('a', 'x.croft.test', 'younger'), 2);
  const older = created(testIngress('b', 'x.croft.test', 'older'), 1);
  const table = buildRoutingTable([younger, older], warnings);
  assert.deepEqual(
    table.get('x.croft.test')?.map(({ backend }) => backend.service?.name),
    ['older'],
  );
  assert.match(warnings.get('default/a')?.[0]?.message ?? '', /belongs to the older Ingress default\/b/);
});

test('a default backend takes what the rules leave over', () => {
  const backend = { service: { name: 'rest', port: { number: 80 } } };
  const ingress = testIngress('a', 'x.croft.test', 'web', '/app');
  const withDefault = { ...ingress, spec: { ...ingress.spec, defaultBackend: backend } };
  const alone: Ingress = { metadata: { name: 'b', namespace: 'default' }, spec: { defaultBackend: backend } };
  const table = buildRoutingTable([withDefault, alone], new Map());
  assert.deepEqual(
    table.get('x.croft.test')?.map((path) => path.backend.service?.name),
    ['web', 'rest'],
  );
  assert.equal(table.get('')?.[0]?.backend.service?.name, 'rest');
});

test('patterns quote what is no pattern, and refuse what is broken', () => {
  assert.equal(renderPathPattern('/a.b', 'Exact', false), '^/a\\.b$');
  assert.equal(renderPathPattern('/a/', 'Prefix', false), '^/a(?:/|$)');
  assert.equal(renderPathPattern('/', 'Prefix', false), undefined);
  assert.equal(renderPathPattern('/a(/|$)(.*)', 'ImplementationSpecific', true), '(?i)^/a(/|$)(.*)');
  assert.throws(() => renderPathPattern('/a(', 'ImplementationSpecific', true));
});
