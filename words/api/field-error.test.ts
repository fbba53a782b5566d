import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  duplicateField,
  fieldTooLong,
  formatFieldError,
  formatFieldErrors,
  invalidField,
  invalidObject,
  omitted,
  requiredField,
  tooManyInField,
  unsupportedField,
} from './field-error.ts';

test('each type prints as Kubernetes prints it', () => {
  assert.equal(formatFieldError(requiredField('spec.x')), 'spec.x: Required value');
  assert.equal(formatFieldError(requiredField('spec.x', 'why')), 'spec.x: Required value: why');
  assert.equal(formatFieldError(invalidField('a', 'b"\u0001', 'bad')), 'a: Invalid value: "b\\"\\x01": bad');
  assert.equal(formatFieldError(invalidField('a', -1, 'bad')), 'a: Invalid value: -1: bad');
  assert.equal(formatFieldError(invalidField('a', null, 'bad')), 'a: Invalid value: null: bad');
  assert.equal(formatFieldError(invalidField('a', { k: '<' }, 'bad')), 'a: Invalid value: {"k":"\\u003c"}: bad');
  assert.equal(formatFieldError(invalidField('a', omitted, 'bad')), 'a: Invalid value: bad');
  assert.equal(formatFieldError(duplicateField('a[1]', { k: 1 })), 'a[1]: Duplicate value: {"k":1}');
  assert.equal(formatFieldError(fieldTooLong('a', 1)), 'a: Too long: may not be more than 1 byte');
  assert.equal(formatFieldError(tooManyInField('a', 3, 2)), 'a: Too many: 3: must have at most 2 items');
  assert.equal(
    formatFieldError(unsupportedField('a', 'c', ['a', ''])),
    'a: Unsupported value: "c": supported values: "a", ""',
  );
});

test('equal texts are printed once, several in brackets', () => {
  const twice = [requiredField('a'), requiredField('a')];
  assert.equal(formatFieldErrors(twice), 'a: Required value');
  assert.equal(formatFieldErrors([...twice, requiredField('b')]), '[a: Required value, b: Required value]');
});

test('an invalid object names kind, group, name and each cause', () => {
  const { status } = invalidObject({ group: 'apps', kind: 'Deployment' }, 'web', [requiredField('spec.selector')]);
  assert.equal(status.message, 'Deployment.apps "web" is invalid: spec.selector: Required value');
  assert.equal(status.code, 422);
  assert.deepEqual(status.details, {
    name: 'web',
    group: 'apps',
    kind: 'Deployment',
    causes: [{ reason: 'FieldValueRequired', message: 'Required value', field: 'spec.selector' }],
  });
});
