import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBytes } from '../bytes.ts';
import { unquoteCharacter, unquoteString } from '../parse/unquote.ts';
import { isPrint, quoteRune, quoteString, runeName } from './quote.ts';

test('strings are quoted as Go literals', () => {
  const table: [string, string][] = [
    ['plain', '"plain"'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['\n\t\x07\x00\x7f', '"\\n\\t\\a\\x00\\x7f"'],
    ['é☺😀', '"é☺😀"'],
    ['\u00a0\u200b\ufeff', '"\\u00a0\\u200b\\ufeff"'],
    [decodeBytes(Uint8Array.of(0x61, 0xff)), '"a\\xff"'],
  ];
  for (const [text, quoted] of table) {
    assert.equal(quoteString(text), quoted);
    assert.equal(unquoteString(quoted), text);
  }
  assert.equal(quoteString('é😀', true), '"\\u00e9\\U0001f600"');
});

test('characters', () => {
  assert.equal(quoteRune(0x27), "'\\''");
  assert.equal(quoteRune(0xd800), "'\ufffd'");
  assert.equal(runeName(0x5b), "U+005B '['");
  assert.equal(runeName(7), 'U+0007');
  assert.ok(isPrint(0xe9) && !isPrint(0x2028) && !isPrint(0xa0));
});

test('bad literals are refused', () => {
  for (const literal of ['"\\q"', '"\\x4"', '"\\400"', '"\\ud800"', '"\\\'"']) {
    assert.equal(unquoteString(literal), undefined, literal);
  }
  assert.equal(unquoteCharacter("''"), undefined);
  assert.equal(unquoteCharacter("'ab'"), null);
  assert.equal(unquoteCharacter("'\\x41'"), 65);
});
