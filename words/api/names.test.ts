import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dns1123LabelErrors, envNameErrors, labelValueErrors, portNameErrors, qualifiedNameErrors } from './names.ts';

test('says that a label may hold no dots', () =>
  assert.deepEqual(dns1123LabelErrors('a.b'), ['must not contain dots']));

test('explains a label with the pattern and examples', () => {
  assert.deepEqual(dns1123LabelErrors('Bad_Name'), [
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
  ]);
});

test('limits the value of a label by bytes', () => {
  assert.deepEqual(labelValueErrors('j'.repeat(64)), ['must be no more than 63 bytes']);
});

test('checks both parts of a key', () => {
  assert.deepEqual(qualifiedNameErrors('example.org/name'), []);
  assert.deepEqual(qualifiedNameErrors('/name'), ['prefix part must be non-empty']);
  assert.equal(qualifiedNameErrors('a/b/c').length, 1);
});

test('refuses what a port name may not hold', () => {
  assert.deepEqual(portNameErrors('toolongportname1'), ['must be no more than 15 characters']);
  assert.deepEqual(portNameErrors('80'), ['must contain at least one letter (a-z)']);
});

test('allows all printable characters but = in an environment variable', () => {
  assert.deepEqual(envNameErrors('1-a b'), []);
  assert.equal(envNameErrors('A=B').length, 1);
});
