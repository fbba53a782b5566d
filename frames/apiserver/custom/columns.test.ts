import assert from 'node:assert/strict';
import { test } from 'node:test';
import { customTable } from './columns.ts';
import type { PrinterColumn } from './definition.ts';

const nowMs = Date.parse('2026-01-02T00:00:00Z');
const spec = {
  text: 'x',
  none: null,
  list: ['b', 'a'],
  map: { b: 1, a: { d: true, c: null } },
  time: '2026-01-01T00:00:00Z',
  lower: '2026-01-01t00:00:00z',
  empty: '',
  number: 2.7,
};

const cellOf = (type: string, jsonPath: string): unknown => {
  const column: PrinterColumn = { name: 'C', type, jsonPath };
  return customTable([column]).cells({ metadata: { name: 'n' }, spec }, nowMs)[1];
};

test('a printer column shows the first value found, in the form of its type', () => {
  const cells: [string, string, unknown][] = [
    ['string', '.spec.text', 'x'],
    ['string', '.spec.list[*]', 'b'],
    ['string', '.spec.list', '["b","a"]'],
    ['string', '.spec.map', '{"a":{"c":null,"d":true},"b":1}'],
    ['string', '.spec.none', '<no value>'],
    ['string', '.spec.gone', null],
    ['string', '.spec.number', '2.7'],
    ['integer', '.spec.number', 2],
    ['integer', '.spec.text', null],
    ['number', '.spec.number', 2.7],
    ['boolean', '.spec.map.a.d', true],
    ['boolean', '.spec.text', null],
    ['date', '.spec.time', '24h'],
    ['date', '.spec.lower', '<invalid>'],
    ['date', '.spec.empty', '<unknown>'],
    ['date', '.spec.number', null],
    ['date', '.spec.gone', null],
  ];
  for (const [type, path, cell] of cells) assert.deepEqual([type, path, cellOf(type, path)], [type, path, cell]);
});
