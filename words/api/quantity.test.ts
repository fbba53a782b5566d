import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalQuantity, compareQuantities, parseQuantity, quantityToNumber } from './quantity.ts';

const canonical: [string, string | undefined][] = [
  ['0.5', '500m'],
  ['1000m', '1'],
  ['512Mi', '512Mi'],
  ['1024Mi', '1Gi'],
  ['1.5Gi', '1536Mi'],
  ['0.5Ki', '512'],
  ['1000', '1k'],
  ['1500', '1500'],
  ['1e3', '1e3'],
  ['1E3', '1e3'],
  ['1E', '1E'],
  ['100e-3', '100e-3'],
  ['0', '0'],
  ['0Mi', '0'],
  ['-1Mi', '-1Mi'],
  ['+5', '5'],
  ['.5', '500m'],
  ['5.', '5'],
  ['0.1n', '1n'],
  ['1Zi', undefined],
  ['', undefined],
  ['.', undefined],
  ['1 Gi', undefined],
  ['1e999999999', undefined],
];

for (const [text, expected] of canonical) {
  test(`writes ${JSON.stringify(text)} as ${expected}`, () => assert.equal(canonicalQuantity(text), expected));
}

test('compares across notations', () => {
  assert.equal(compareQuantities(parseQuantity('1Gi'), parseQuantity('1G')), 1);
  assert.equal(compareQuantities(parseQuantity('1000m'), parseQuantity('1')), 0);
  assert.equal(quantityToNumber(parseQuantity('250m')), 0.25);
});
