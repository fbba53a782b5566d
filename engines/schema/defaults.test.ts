import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyDefaults } from './defaults.ts';
import type { StructuralSchema } from './structural-schema.ts';

const schema: StructuralSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      default: {},
      properties: {
        mode: { type: 'string', default: 'fast' },
        n: { type: 'integer', default: 3 },
        nest: { type: 'object', properties: { x: { type: 'boolean', default: true } } },
        nestd: {
          type: 'object',
          default: { y: 1 },
          properties: { y: { type: 'integer' }, z: { type: 'string', default: 'zz' } },
        },
        list: { type: 'array', items: { type: 'object', properties: { p: { type: 'string', default: 'TCP' } } } },
        nul: { type: 'string', nullable: true, default: 'd' },
        nonul: { type: 'string', default: 'd' },
        plain: { type: 'string' },
      },
    },
  },
};

const full = { mode: 'fast', n: 3, nestd: { y: 1, z: 'zz' }, nul: 'd', nonul: 'd' };

test('absent fields get their defaults, and those of the defaults', () => {
  assert.deepEqual(applyDefaults({}, schema), { spec: full });
  assert.deepEqual(applyDefaults({ spec: {} }, schema), { spec: full });
});

test('null counts as absent unless it is allowed; without a default it goes', () => {
  const spec = { mode: 'slow', nest: {}, list: [{ q: 1 }, { p: 'UDP' }], nul: null, nonul: null, plain: null };
  assert.deepEqual(applyDefaults({ spec }, schema), {
    spec: { ...full, mode: 'slow', nest: { x: true }, list: [{ q: 1, p: 'TCP' }, { p: 'UDP' }], nul: null },
  });
  assert.equal(spec.plain, null);
});

test('an object that lacks nothing is given back', () => {
  const object = applyDefaults({ spec: {} }, schema);
  assert.equal(applyDefaults(object, schema), object);
});

test('defaults are copied, so that changing the object does not change the schema', () => {
  const first = applyDefaults({}, schema) as { spec: { nestd: { y: number } } };
  first.spec.nestd.y = 9;
  assert.deepEqual(applyDefaults({}, schema), { spec: full });
});
