import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UnknownObject } from '@croft/api/object';
import { builtInResources } from '@croft/api/resources';
import { definitionNameOf, findDefinition, getDefinition } from '@croft/api/schemas';
import { StatusError } from '@croft/api/status';
import fc from 'fast-check';
import type { Lookup } from '../kind-rules.ts';
import { systemUser } from '../user.ts';
import { findKindRules } from './rules.ts';

const lookup: Lookup = {
  find: (resource, _namespace, name) => (resource === 'serviceaccounts' ? { metadata: { name } } : undefined),
  list: () => [],
};

/** A value of a type with fields left out at will, lists and maps empty or with one item. */
function arbitraryOf(type: string, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const fields = [...getDefinition(type).fields.values()].filter(({ name }) => name !== 'metadata');
  const values = fields.map(({ name, containers, scalar, ref }): [string, fc.Arbitrary<unknown>] => {
    let value: fc.Arbitrary<unknown> =
      ref === undefined ? scalars[scalar ?? 'string'] : depth > 4 ? fc.constant({}) : arbitraryOf(ref, depth + 1);
    for (const container of containers.toReversed()) {
      value =
        container === 'list'
          ? fc.array(value, { maxLength: 1 })
          : fc.dictionary(fc.constantFrom('a', 'cpu'), value, { maxKeys: 1 });
    }
    return [name, value];
  });
  return fc.record(Object.fromEntries(values), { requiredKeys: [] });
}

const text = fc.constantFrom(
  '',
  'a',
  'Bad Name',
  '*.x',
  '10%',
  'Always',
  'ClusterIP',
  'RollingUpdate',
  '-1',
  '10.0.0.1',
);
const scalars = {
  string: text,
  int32: fc.constantFrom(-1, 0, 1, 80, 70_000),
  int64: fc.constantFrom(-1, 0, 1),
  double: fc.constant(0.5),
  boolean: fc.boolean(),
  bytes: fc.constantFrom('', 'YQ=='),
  time: fc.constant('2026-01-01T00:00:00Z'),
  microTime: fc.constant('2026-01-01T00:00:00.000000Z'),
  quantity: fc.constantFrom('1', '-1', '100m', '1Gi', '0'),
  intOrString: fc.constantFrom<string | number>('', '25%', 'web', 0, 80, -1),
  any: fc.constant({}),
};

/** Does what a server does for a create; refusals are answers too, but only of the kinds that clients are told of. */
function create(resource: (typeof builtInResources)[number], value: UnknownObject): void {
  const rules = findKindRules(resource.group, resource.version, resource.plural);
  assert.ok(rules !== undefined);
  const { object } = rules.decode(structuredClone(value));
  object.metadata = { ...object.metadata, name: 'x', namespace: 'n', uid: 'u' };
  try {
    rules.default(object);
    rules.admit?.(object, undefined, lookup);
    rules.prepareForCreate?.(object, systemUser);
    rules.validate(object);
    rules.validateUpdate(structuredClone(object), object);
    rules.validateStatusUpdate?.(object, object);
    rules.warnings?.(object, undefined);
    rules.selectableFields?.(object);
    const stored = rules.toStored?.(object);
    if (stored !== undefined) rules.fromStored?.(stored);
    const cells = rules.table?.cells(object, 0);
    assert.equal(cells?.length, rules.table?.columns.length);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
  }
}

const kept = builtInResources.filter((resource) => resource.verbs.includes('watch'));

for (const resource of kept) {
  const type = definitionNameOf(
    resource.group === '' ? resource.version : `${resource.group}/${resource.version}`,
    resource.kind,
  );
  test(`answers whatever is sent as ${type}`, () => {
    assert.ok(findDefinition(type) !== undefined);
    create(resource, {});
    fc.assert(
      fc.property(arbitraryOf(type, 0), (value) => create(resource, value)),
      { numRuns: 25 },
    );
  });
}
