import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFieldErrors } from '@croft/api/field-error';
import type { StructuralSchema, ValidationRule } from './structural-schema.ts';
import { validateCustomObject } from './validate-custom.ts';

function objectOf(properties: Record<string, StructuralSchema>, ...rules: ValidationRule[]): StructuralSchema {
  const spec: StructuralSchema = { type: 'object', properties, 'x-kubernetes-validations': rules };
  return { type: 'object', properties: { spec } };
}

function validate(spec: unknown, schema: StructuralSchema, old?: unknown): string {
  const before = old === undefined ? undefined : { spec: old };
  const errors = validateCustomObject({ spec }, before, schema);
  return errors.length === 0 ? '' : formatFieldErrors(errors);
}

const withRule = (schema: StructuralSchema, ...rules: ValidationRule[]): StructuralSchema => ({
  ...schema,
  'x-kubernetes-validations': rules,
});

const text: StructuralSchema = { type: 'string' };
const integer: StructuralSchema = { type: 'integer' };

const schema = objectOf(
  {
    min: integer,
    max: integer,
    name: withRule(text, { rule: "self.startsWith('x-')" }),
    items: withRule(
      { type: 'array', items: { type: 'object', properties: { n: text, w: integer } } },
      { rule: 'self.all(i, i.w >= 0)', message: 'weights must not be negative' },
    ),
    labels: withRule({ type: 'object', additionalProperties: text }, { rule: 'self.all(k, k.size() < 5)' }),
    cpu: withRule(text, { rule: "isQuantity(self) && quantity(self).isLessThan(quantity('2'))", message: 'cpu < 2' }),
    url: withRule(text, { rule: "isURL(self) && url(self).getScheme() == 'https'" }),
  },
  {
    rule: '!has(self.min) || !has(self.max) || self.min <= self.max',
    messageExpression: "'min above max for ' + (has(self.name) ? self.name : 'nobody')",
    reason: 'FieldValueForbidden',
    fieldPath: '.min',
  },
);

test('rules that fail tell by their message, expression, reason and field', () => {
  const cases: [object, string][] = [
    [{ min: 1, max: 2 }, ''],
    [{ min: 3, max: 2 }, 'spec.min: Forbidden: min above max for nobody'],
    [{ name: 'bad' }, 'spec.name: Invalid value: "bad": failed rule: self.startsWith(\'x-\')'],
    [{ items: [{ n: 'a', w: -1 }] }, 'spec.items: Invalid value: weights must not be negative'],
    [{ labels: { toolongkey: 'a' } }, 'spec.labels: Invalid value: failed rule: self.all(k, k.size() < 5)'],
    [{ cpu: '3' }, 'spec.cpu: Invalid value: "3": cpu < 2'],
    [{ cpu: '500m', url: 'https://a.b' }, ''],
    [
      { url: 'http://a.b' },
      'spec.url: Invalid value: "http://a.b": failed rule: isURL(self) && url(self).getScheme() == \'https\'',
    ],
    [
      { min: 5, max: 1, name: 'z' },
      '[spec.min: Forbidden: min above max for z, spec.name: Invalid value: "z": failed rule: self.startsWith(\'x-\')]',
    ],
  ];
  for (const [spec, message] of cases) assert.equal(validate(spec, schema), message);
});

test('transition rules run where there is a value before', () => {
  const transitions = objectOf({
    fixed: withRule(text, { rule: 'self == oldSelf', message: 'fixed is immutable' }),
    up: withRule(integer, { rule: 'self >= oldSelf' }),
    once: withRule(text, { rule: '!oldSelf.hasValue() || oldSelf.value() == self', optionalOldSelf: true }),
  });
  assert.equal(validate({ fixed: 'x', up: 1, once: '1' }, transitions), '');
  assert.equal(
    validate({ fixed: 'y' }, transitions, { fixed: 'x' }),
    'spec.fixed: Invalid value: "y": fixed is immutable',
  );
  assert.equal(validate({ fixed: 'z' }, transitions, {}), '');
  assert.equal(validate({ up: 1 }, transitions, { up: 2 }), 'spec.up: Invalid value: 1: failed rule: self >= oldSelf');
  assert.match(validate({ once: '2' }, transitions, { once: '1' }), /^spec\.once: Invalid value: "2": failed rule/);
});

test('a rule on the whole object sees its name', () => {
  const rule = { rule: "self.metadata.name.startsWith('ok')", message: 'name must start with ok' };
  const root = withRule({ type: 'object', properties: {} }, rule);
  const named = (name: string) => ({ metadata: { name, labels: {} } });
  const [error] = validateCustomObject(named('bad'), undefined, root);
  assert.equal(formatFieldErrors(error === undefined ? [] : [error]), '<nil>: Invalid value: name must start with ok');
  assert.deepEqual(validateCustomObject(named('ok1'), undefined, root), []);
});

test('an unchanged value that breaks a rule may stay', () => {
  assert.equal(validate({ name: 'bad', max: 1 }, schema, { name: 'bad' }), '');
});

test('rules are not run on objects that do not fit the schema', () => {
  assert.match(validate({ name: 5 }, schema), /some validation rules were not checked because the object was invalid/);
});

test('the functions of Kubernetes', () => {
  const holding = [
    "'abc123'.find('[0-9]+') == '123' && 'a1b2'.findAll('[0-9]') == ['1', '2'] && 'aaa'.matches('^a+$')",
    "'a-b-c'.replace('-', '+') == 'a+b+c' && 'a-b-c'.replace('-', '+', 1) == 'a+b-c' && 'abc'.charAt(1) == 'b'",
    '[1, 2, 3].isSorted() && [1, 2, 3].sum() == 6 && [3, 1].min() == 1 && [3, 1].max() == 3 && [4, 5].indexOf(5) == 1',
    "quantity('1Gi').compareTo(quantity('1024Mi')) == 0 && quantity('2').asInteger() == 2 && quantity('1').add(1).isGreaterThan(quantity('1500m'))",
    "isIP('::1') && ip('127.0.0.1').family() == 4 && ip('127.0.0.1').isLoopback() && !isIP('1.2.3')",
    "isCIDR('10.0.0.0/8') && cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsCIDR('11.0.0.0/16')",
    "url('https://a.b:80/c?d=e').getHostname() == 'a.b' && url('https://a.b:80/c').getPort() == '80'",
    "self.a__dash__b == 1 && self.__namespace__ == 'n' && self.half == 0.5 && self.when < timestamp('2030-01-01T00:00:00Z')",
  ];
  const fields = {
    'a-b': integer,
    namespace: text,
    half: { type: 'number' },
    when: { type: 'string', format: 'date-time' },
  };
  const spec = { 'a-b': 1, namespace: 'n', half: 0.5, when: '2020-01-01T00:00:00Z' };
  for (const rule of holding) assert.equal(validate(spec, objectOf(fields, { rule })), '', rule);
});

test('a rule that cannot run is an error of its own', () => {
  assert.match(validate({}, objectOf({}, { rule: '1 +' })), /^spec: Invalid value: "object": rule compile error: /);
  assert.equal(
    validate({}, objectOf({ a: text }, { rule: "self.a == 'x'" })),
    'spec: Invalid value: "object": no such key: a evaluating rule: self.a == \'x\'',
  );
});

test('a rule that would take too long is not run', () => {
  const list: StructuralSchema = { type: 'array', items: integer };
  const rule = 'self.l.all(a, self.l.all(b, self.l.all(c, a + b + c > 0)))';
  const spec = { l: Array.from({ length: 2000 }, () => 1) };
  assert.match(validate(spec, objectOf({ l: list }, { rule })), /call cost exceeds limit for rule: self\.l\.all/);
  const passedOver = `${rule} || true`;
  assert.match(validate(spec, objectOf({ l: list }, { rule: passedOver })), /call cost exceeds limit/);
});

test('all rules of an object together may take only so long', () => {
  const rule = 'self.l.all(a, self.l.all(b, a + b > 0))';
  const spec = { l: Array.from({ length: 300 }, () => 1) };
  const rules = (count: number) => Array.from({ length: count }, () => ({ rule }));
  const list: StructuralSchema = { type: 'array', items: integer };
  assert.equal(validate(spec, objectOf({ l: list }, ...rules(10))), '');
  assert.match(validate(spec, objectOf({ l: list }, ...rules(40))), /running out of cost budget/);
});

test('a rule that looks at little of a large object is cheap', () => {
  const many = { type: 'array', items: integer } satisfies StructuralSchema;
  const rule = 'self.few.all(a, self.few.all(b, self.few.all(c, a + b + c > 0)))';
  const spec = { few: [1, 2, 3], many: Array.from({ length: 5000 }, () => 1) };
  assert.equal(validate(spec, objectOf({ few: many, many }, { rule })), '');
});

test('a field behind an index can be asked for', () => {
  const item: StructuralSchema = { type: 'object', properties: { path: text } };
  const rule = "size(self) == 0 || !has(self[0].path) || self[0].path.matches('^/')";
  const paths = objectOf({ list: withRule({ type: 'array', items: item }, { rule }) });
  const passes = (value: object[]) => validate({ list: value }, paths) === '';
  assert.deepEqual([passes([{}]), passes([{ path: '/a' }]), passes([{ path: 'a' }])], [true, true, false]);
});
