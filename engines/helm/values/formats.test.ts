import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readYamlMap } from '@croft/encoding/yaml/read';
import { findFormatProblem } from './formats.ts';
import { findSchemaProblem } from './schema.ts';

test('formats say what is wrong in the words of the library', () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ['email', 'a@b.example', undefined],
    ['email', 'a.example', 'missing @'],
    ['email', 'a..b@c', 'consecutive dots'],
    ['email', 'a@-b', 'invalid domain: label starts with hyphen'],
    ['hostname', 'a_b', "invalid character '_'"],
    ['ipv4', '1.2.3', 'expected four decimals'],
    ['ipv4', '1.2.3.04', 'leading zeros'],
    ['ipv6', '::1', undefined],
    ['date', '2024-02-30', 'parsing time "2024-02-30": day out of range'],
    ['date-time', '2024-02-03T04:05:06.7+01:00', undefined],
    ['date-time', '2024-02-03 04:05:06Z', '11th character must be t or T'],
    ['uri', '/path', 'relative url'],
    ['uuid', 'a-b', 'must have 5 elements'],
    ['no-such-format', 'x', undefined],
  ];
  for (const [format, text, problem] of cases)
    assert.equal(findFormatProblem(format, text), problem, `${format} ${text}`);
});

test('only drafts before 2019 check formats', () => {
  const values = readYamlMap('host: a_b');
  const schema = (draft: string) =>
    `{"$schema": "${draft}", "properties": {"host": {"type": "string", "format": "hostname"}}}`;
  const problem = "- at '/host': 'a_b' is not valid hostname: invalid character '_'\n";
  assert.equal(findSchemaProblem(schema('http://json-schema.org/draft-07/schema#'), values), problem);
  assert.equal(findSchemaProblem(schema('https://json-schema.org/draft/2020-12/schema'), values), undefined);
});
