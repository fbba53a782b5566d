import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatFloat } from './float.ts';

test('the shortest text reads back as the same number', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      for (const format of ['e', 'f', 'g'] as const) {
        assert.ok(Object.is(Number(formatFloat(value, format, -1)), value), `${value} ${format}`);
      }
    }),
  );
});

test('the shortest text of 32 bits is no longer than it must be', () => {
  assert.equal(formatFloat(Math.fround(0.1), 'g', -1, 32), '0.1');
  assert.equal(formatFloat(Math.fround(16777216), 'f', -1, 32), '16777216');
});

test('halves round to even', () => {
  assert.equal(formatFloat(0.5, 'f', 0), '0');
  assert.equal(formatFloat(1.5, 'f', 0), '2');
  assert.equal(formatFloat(2.5, 'f', 0), '2');
  assert.equal(formatFloat(0.125, 'f', 2), '0.12');
  assert.equal(formatFloat(9.5, 'e', 0), '1e+01');
});

test('large exponents choose the form of g', () => {
  assert.equal(formatFloat(999999, 'g', -1), '999999');
  assert.equal(formatFloat(1000000, 'g', -1), '1e+06');
  assert.equal(formatFloat(0.0001, 'g', -1), '0.0001');
  assert.equal(formatFloat(0.00001, 'g', -1), '1e-05');
  assert.equal(formatFloat(1234.5678, 'g', 3), '1.23e+03');
  assert.equal(formatFloat(100, 'g', 3), '100');
});

test('more digits than a number has are zeros', () => {
  assert.equal(formatFloat(0.1, 'f', 20), '0.10000000000000000555');
  assert.equal(formatFloat(1e-7, 'f', 3), '0.000');
  assert.equal(formatFloat(0, 'e', 2), '0.00e+00');
  assert.equal(formatFloat(-0, 'g', -1), '-0');
});

test('binary and hexadecimal forms', () => {
  assert.equal(formatFloat(1, 'x', -1), '0x1p+00');
  assert.equal(formatFloat(3.25, 'X', 1), '0X1.AP+01');
  assert.equal(formatFloat(0, 'x', -1), '0x0p+00');
  assert.equal(formatFloat(1, 'b', -1), '4503599627370496p-52');
});
