import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goMethod } from '../functions.ts';
import { INT, INT64, STRING, STRING_SLICE, UINT8 } from '../type.ts';
import { GoMap, GoNumber, GoPointer, GoSlice, GoStruct, pointerType, structType, type Value } from '../value.ts';
import { sprintf } from './sprintf.ts';

function check(table: readonly (readonly [string, readonly Value[], string])[]): void {
  for (const [format, operands, expected] of table) assert.equal(sprintf(format, operands), expected, format);
}

test('integers', () => {
  check([
    ['%d|%5d|%-5d|%05d|%+d|% d', [7n, 7n, 7n, 7n, 7n, 7n], '7|    7|7    |00007|+7| 7'],
    ['%x %X %#x %o %#o %O %b %#b', [255n, 255n, 255n, 8n, 8n, 8n, 5n, 5n], 'ff FF 0xff 10 010 0o10 101 0b101'],
    ['%c %q %U %#U', [0x263an, 0x263an, 0x263an, 0x263an], "☺ '☺' U+263A U+263A '☺'"],
    ['%.3d|%8.3d|%.0d|', [7n, 7n, 0n], '007|     007||'],
    ['%v %d', [new GoNumber(INT64, -3n), new GoNumber(UINT8, 200n)], '-3 200'],
  ]);
});

test('floats', () => {
  check([
    ['%v %v %v %v', [1, 1e6, 123456789, 0.00001], '1 1e+06 1.23456789e+08 1e-05'],
    ['%.2f %.0f %.0f %6.1f|%-6.1f|%06.1f', [3.1459, 2.5, 3.5, 2.25, 2.25, -2.25], '3.15 2 4    2.2|2.2   |-002.2'],
    ['%e %E %g %G', [12345.678, 1e-10, 1e21, 1e-10], '1.234568e+04 1.000000E-10 1e+21 1E-10'],
    ['%x %b', [3.25, 1], '0x1.ap+01 4503599627370496p-52'],
    ['%v %v %v %5.1f|%05f', [Infinity, -Infinity, NaN, Infinity, -Infinity], '+Inf -Inf NaN  +Inf| -Inf'],
    ['%#g %#.3g %+v', [1, 1234, 1.5], '1.00000 1.23e+03 1.5'],
  ]);
});

test('strings and bytes', () => {
  check([
    [
      '%s|%6s|%-6s|%.2s|%q|%x|% X|%#x',
      ['hé', 'hé', 'hé', 'hé!', 'a"b', 'hé', 'ab', 'ab'],
      'hé|    hé|hé    |hé|"a\\"b"|68c3a9|61 62|0x6162',
    ],
    ['%#q %+q', ['a\tb', 'é'], '`a\tb` "\\u00e9"'],
    [
      '%s %v %x %d',
      [Buffer.from('ab'), Buffer.from('ab'), Buffer.from('ab'), Buffer.from('ab')],
      'ab [97 98] 6162 [97 98]',
    ],
  ]);
});

test('collections', () => {
  const map = new Map<string, Value>([
    ['b', 2n],
    ['a', null],
  ]);
  check([
    ['%v %+v', [map, [1n, 'x', null, 2.5, true]], 'map[a:<nil> b:2] [1 x <nil> 2.5 true]'],
    ['%#v', [map], 'map[string]interface {}{"a":interface {}(nil), "b":2}'],
    ['%#v %#v', [new GoSlice(STRING_SLICE, ['a']), new GoSlice(STRING_SLICE, [], true)], '[]string{"a"} []string(nil)'],
    [
      '%d %s',
      [
        [1n, 'b', null],
        ['a', 1n],
      ],
      '[1 %!d(string=b) <nil>] [a %!s(int=1)]',
    ],
    ['%T %T %T', [map, [1n], null], 'map[string]interface {} []interface {} <nil>'],
  ]);
});

test('structs, pointers and methods', () => {
  const point = structType('geo.Point', [
    { name: 'X', type: INT },
    { name: 'Name', type: STRING },
  ]);
  const value = new GoStruct(
    point,
    new Map<string, Value>([
      ['X', 1n],
      ['Name', 'n'],
    ]),
  );
  const version = structType('v.Version', [{ name: 'text', type: STRING }], {
    String: goMethod([], (self: GoStruct) => self.fields.get('text') ?? ''),
  });
  const shown = new GoStruct(version, new Map([['text', 'v1']]));
  check([
    ['%v %+v', [value, value], '{1 n} {X:1 Name:n}'],
    ['%#v', [value], 'geo.Point{X:1, Name:"n"}'],
    [
      '%v %s',
      [new GoPointer(pointerType(point), value), new GoPointer(pointerType(point), null)],
      '&{1 n} %!s(*geo.Point=<nil>)',
    ],
    ['%v %s', [shown, [shown]], 'v1 [v1]'],
    ['%v', [new GoMap({ ...STRING_SLICE, kind: 'map', name: 'named' }, new Map([['k', 'v']]))], 'map[k:v]'],
  ]);
});

test('mistakes are shown in place', () => {
  check([
    ['%d', [], '%!d(MISSING)'],
    ['%z %d', [1n, 'x'], '%!z(int=1) %!d(string=x)'],
    ['%s', ['a', 1n], 'a%!(EXTRA int=1)'],
    ['%', [], '%!(NOVERB)'],
    ['%100000001d', [1n], '%!(NOVERB)%!(EXTRA int=1)'],
    ['%1000001d', [], '%!d(MISSING)'],
    ['%w', [new Uint8Array()], '[]'],
    ['%*d', ['x', 1n], '%!(BADWIDTH)1'],
    ['%.*d', [-1n, 1n], '%!(BADPREC)1'],
    ['%[3]d %[2]*[1]d', [7n, 5n], '%!d(BADINDEX)     7'],
    ['%t %s', [1n, null], '%!t(int=1) %!s(<nil>)'],
    ['%!', [1n], '%!!(int=1)'],
  ]);
});
