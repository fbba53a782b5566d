import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatusError } from '@croft/api/status';
import fc from 'fast-check';
import { parseFieldSelector } from './field-selector.ts';
import { parseLabelSelector } from './label-selector.ts';

const pieces = fc.constantFrom(
  'a',
  'b-c',
  'x.io/y',
  '=',
  '==',
  '!=',
  '!',
  'in',
  'notin',
  '(',
  ')',
  ',',
  ' ',
  '<',
  '>',
  '1',
);
const anything = fc.oneof(
  fc.string(),
  fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
);

test('whatever is sent as a selector is understood or refused', () => {
  fc.assert(
    fc.property(anything, (text) => {
      for (const parse of [parseLabelSelector, parseFieldSelector]) {
        try {
          parse(text);
        } catch (error) {
          if (!(error instanceof StatusError && error.status.code === 400)) throw error;
        }
      }
    }),
    { numRuns: 3000 },
  );
});

const name = fc.constantFrom('a', 'b', 'in', 'notin', 'x.io/y', 'constructor');
const value: fc.Arbitrary<string> = fc.constantFrom('', 'one', 'two', '3');
const requirement = fc.oneof(
  fc.tuple(name, value).map(([key, one]) => ({ text: `${key}=${one}`, key, fits: (has?: string) => has === one })),
  fc.tuple(name, value).map(([key, one]) => ({ text: `${key} != ${one}`, key, fits: (has?: string) => has !== one })),
  name.map((key) => ({ text: key, key, fits: (has?: string) => has !== undefined })),
  name.map((key) => ({ text: `!${key}`, key, fits: (has?: string) => has === undefined })),
  fc.tuple(name, fc.array(value, { minLength: 1, maxLength: 3 })).map(([key, ones]) => ({
    text: `${key} in (${ones.join(', ')})`,
    key,
    fits: (has?: string) => has !== undefined && ones.includes(has),
  })),
  fc.tuple(name, fc.array(value, { minLength: 1, maxLength: 3 })).map(([key, ones]) => ({
    text: `${key} notin (${ones.join(',')})`,
    key,
    fits: (has?: string) => has === undefined || !ones.includes(has),
  })),
);

test('labels fit a selector when they fit each of its terms', () => {
  fc.assert(
    fc.property(fc.array(requirement, { maxLength: 4 }), fc.dictionary(name, value), (requirements, labels) => {
      const match = parseLabelSelector(requirements.map(({ text }) => text).join(',')) ?? (() => true);
      const expected = requirements.every(({ key, fits }) =>
        fits(Object.hasOwn(labels, key) ? labels[key] : undefined),
      );
      assert.equal(match(labels), expected);
    }),
    { numRuns: 1000 },
  );
});

test('a value of a field selector is read as it was meant, whatever is in it', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 3 }), (values) => {
      const text = values.map((one, at) => `field${at}=${one.replace(/[\\,=]/g, '\\$&')}`).join(',');
      assert.deepEqual(
        parseFieldSelector(text),
        values.map((one, at) => ({ field: `field${at}`, equal: true, value: one })),
      );
    }),
    { numRuns: 1000 },
  );
});
