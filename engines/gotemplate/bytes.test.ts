import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { byteLength, compareStrings, decodeBytes, encodeString, normalizeString, sliceBytes } from './bytes.ts';

test('any bytes survive as a string', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = decodeBytes(bytes);
      assert.deepEqual(encodeString(text), bytes);
      assert.equal(byteLength(text), bytes.length);
    }),
  );
});

test('strings compare as their bytes do', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
      assert.equal(Math.sign(compareStrings(a, b)), expected);
    }),
  );
});

test('the halves of a cut character join again', () => {
  const first = sliceBytes('é', 0, 1);
  const second = sliceBytes('é', 1, 2);
  assert.notEqual(first, 'é');
  assert.equal(normalizeString(first + second), 'é');
});

test('a byte order mark is a character like others', () => {
  assert.equal(decodeBytes(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), '\ufeffa');
});
