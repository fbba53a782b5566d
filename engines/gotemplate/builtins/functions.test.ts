import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goFunction } from '../functions.ts';
import { createTemplateSet } from '../template-set.ts';
import { INT, INT64, STRING, STRING_SLICE, UINT8 } from '../type.ts';
import { GoFunc, GoNumber, GoPointer, GoSlice, GoStruct, pointerType, structType, type Value } from '../value.ts';

const point = structType('geo.Point', [{ name: 'X', type: INT }]);
const target = new GoStruct(point, new Map([['X', 1n]]));

const data = new Map<string, Value>([
  ['list', ['a', 2n, null]],
  ['strings', new GoSlice(STRING_SLICE, ['x', 'y'])],
  ['map', new Map<string, Value>([['k', 'v']])],
  ['bytes', Uint8Array.of(104, 105)],
  ['int64', new GoNumber(INT64, 3n)],
  ['uint8', new GoNumber(UINT8, 3n)],
  ['pointer', new GoPointer(pointerType(point), target)],
  ['same', new GoPointer(pointerType(point), target)],
  ['nothing', new GoPointer(pointerType(point), null)],
  [
    'fn',
    new GoFunc(
      { name: 'func(string) string', kind: 'func' },
      goFunction([STRING], (text) => `<${text}>`),
    ),
  ],
]);

function render(text: string): string {
  const set = createTemplateSet();
  set.parse('t', text);
  return set.execute('t', data);
}

function check(table: readonly (readonly [string, string])[]): void {
  for (const [text, expected] of table) assert.equal(render(`{{ ${text} }}`), expected, text);
}

function checkErrors(table: readonly (readonly [string, string])[]): void {
  for (const [text, end] of table) {
    assert.throws(
      () => render(`{{ ${text} }}`),
      (error: unknown) => error instanceof Error && error.message.endsWith(`: ${end}`),
      text,
    );
  }
}

test('comparisons within a family of types', () => {
  check([
    ['eq 1 2 1', 'true'],
    ['eq .int64 3', 'true'],
    ['eq .uint8 3', 'true'],
    ['lt .uint8 4', 'true'],
    ['eq 1i 1i', 'true'],
    ['eq nil nil', 'true'],
    ['eq .list nil', 'false'],
    ['eq .none 1', 'false'],
    ['eq .nothing nil', 'true'],
    ['eq .pointer .same', 'true'],
    ['ne "a" "b"', 'true'],
    ['lt "a" "é"', 'true'],
    ['le 1.5 1.5', 'true'],
    ['gt 2 1', 'true'],
    ['ge 1 2', 'false'],
  ]);
  checkErrors([
    ['eq 1 1.0', 'incompatible types for comparison: int and float64'],
    ['eq .list .list', 'non-comparable type [a %!s(int=2) <nil>]: []interface {}'],
    ['eq .list .map', 'non-comparable types [a %!s(int=2) <nil>]: []interface {}, map[string]interface {}: map[k:v]'],
    ['lt true false', 'invalid type for comparison'],
    ['lt nil 1', 'invalid type for comparison'],
    ['eq 1', 'missing argument for comparison'],
  ]);
});

test('index, slice and len', () => {
  check([
    ['index .list 1', '2'],
    ['index .map "k"', 'v'],
    ['index .map "none"', '<no value>'],
    ['index "abc" 1', '98'],
    ['index .bytes 0', '104'],
    ['slice .list 1 2', '[2]'],
    ['slice "héllo" 1 3', 'é'],
    ['slice .strings 1', '[y]'],
    ['len "é"', '2'],
    ['len .bytes', '2'],
    ['len .map', '1'],
  ]);
  checkErrors([
    ['index .list 3', 'reflect: slice index out of range'],
    ['index .list 4', 'index out of range: 4'],
    ['index .list "x"', 'cannot index slice/array with type string'],
    ['index .map 1', 'value has type int; should be string'],
    ['index nil', 'index of untyped nil'],
    ['index .list 2 0', 'index of nil pointer'],
    ['slice .list 2 1', 'invalid slice index: 2 > 1'],
    ['slice "abc" 1 2 3', 'cannot 3-index slice a string'],
    ['slice .map', "can't slice item of type map[string]interface {}"],
    ['len 5', 'len of type int'],
    ['len nil', 'reflect: call of reflect.Value.Type on zero Value'],
  ]);
});

test('text for pages, scripts and queries', () => {
  check([
    [`html "<a href='x'>&"`, '&lt;a href=&#39;x&#39;&gt;&amp;'],
    ['js "a\\"b<\\n=é\\u00a0"', 'a\\"b\\u003C\\u000A\\u003Dé\\u00A0'],
    ['urlquery "a b&é~"', 'a+b%26%C3%A9~'],
    ['html nil', '&lt;no value&gt;'],
    ['html 1 2 "<"', '1 2&lt;'],
  ]);
});

test('printing', () => {
  check([
    ['print 1 2 "a" "b" 3 4', '1 2ab3 4'],
    ['println "a" 1', 'a 1\n'],
    ['printf "%s-%03d" "x" 7', 'x-007'],
    ['.pointer', '{1}'],
    ['.bytes', '[104 105]'],
  ]);
});

test('functions as values', () => {
  check([
    ['call .fn "x"', '<x>'],
    ['"y" | call .fn', '<y>'],
  ]);
  checkErrors([
    ['call .fn', 'wrong number of args for .fn: got 0 want 1'],
    ['call .fn 1', 'arg 0: value has type int; should be string'],
    ['call .map', 'non-function .map of type map[string]interface {}'],
    ['call nil', 'call of nil'],
    ['.fn', "can't print {{.fn}} of type func(string) string"],
  ]);
});
