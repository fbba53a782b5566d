import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expandText, type VariableValue } from './expand-text.ts';

const values: Readonly<Record<string, VariableValue>> = { A: 'x', N: 5 };
const expand = (text: string): VariableValue => expandText(text, (name) => values[name]);

test('references within a text, alone, unknown and escaped', () => {
  assert.equal(expand('-$(A)-$(N)-'), '-x-5-');
  assert.equal(expand('$(N)'), 5);
  assert.equal(expand('$(B) $(A)'), '$(B) x');
  assert.equal(expand('$$(A)'), '$(A)');
  assert.equal(expand('$(A'), '$(A');
  assert.equal(expand('a$'), 'a$');
});
