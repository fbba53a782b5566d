import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNumber } from './parse-number.ts';

function parsed(text: string, isComplex = false) {
  const values = parseNumber(text, isComplex);
  assert.ok(typeof values !== 'string', String(values));
  return values;
}

test('integers in every base', () => {
  const table: [string, bigint][] = [
    ['42', 42n],
    ['-7', -7n],
    ['+3', 3n],
    ['0x1F', 31n],
    ['0b1010', 10n],
    ['0o17', 15n],
    ['017', 15n],
    ['1_000', 1000n],
    ["'a'", 97n],
    ["'\\n'", 10n],
  ];
  for (const [text, value] of table) assert.equal(parsed(text).int, value, text);
});

test('a number has every type that holds its value', () => {
  assert.deepEqual(parsed('1e3'), { int: 1000n, uint: 1000n, float: 1000, complex: undefined });
  assert.deepEqual(parsed('-1'), { int: -1n, uint: undefined, float: -1, complex: undefined });
  assert.equal(parsed('18446744073709551615').int, undefined);
  assert.equal(parsed('18446744073709551615').uint, 18446744073709551615n);
  assert.equal(parsed('0x1p-2').float, 0.25);
  assert.deepEqual(parsed('1+2i', true).complex, { real: 1, imag: 2 });
  assert.deepEqual(parsed('3i').complex, { real: 0, imag: 3 });
});

test('what is no number says why', () => {
  assert.equal(parseNumber('08', false), 'integer overflow: "08"');
  assert.equal(parseNumber('99999999999999999999', false), 'integer overflow: "99999999999999999999"');
  assert.equal(parseNumber('-', false), 'illegal number syntax: "-"');
  assert.equal(parseNumber('1__0', false), 'illegal number syntax: "1__0"');
  assert.equal(parseNumber("'ab'", false), "malformed character constant: 'ab'");
});
