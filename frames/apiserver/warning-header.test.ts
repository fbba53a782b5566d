import assert from 'node:assert/strict';
import { test } from 'node:test';
import { warningHeaders } from './warning-header.ts';

test('warnings come once each, quoted, without those that a header cannot hold', () => {
  assert.deepEqual(warningHeaders(['a "b"', 'a "b"', 'two\nlines', '']), { warning: '299 - "a \\"b\\""' });
  assert.deepEqual(warningHeaders(['two\nlines']), {});
  const { warning = '' } = warningHeaders(['grün']);
  assert.equal(Buffer.from(warning, 'latin1').toString('utf8'), '299 - "grün"');
});

test('too many warnings are each cut short', () => {
  const texts = Array.from({ length: 40 }, (_, index) => `${index} `.padEnd(300, 'x'));
  const { warning = '' } = warningHeaders(texts);
  const shown = warning.split(', ');
  assert.equal(shown.length, 16);
  assert.equal(shown[0], `299 - "${texts[0]?.slice(0, 256)}"`);
});
