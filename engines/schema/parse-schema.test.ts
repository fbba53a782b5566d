import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFieldError } from '@croft/api/field-error';
import { parseStructuralSchema } from './parse-schema.ts';

const path = 's';

function errorsOf(schema: unknown): string[] {
  return parseStructuralSchema(schema, path).errors.map(formatFieldError);
}

const withSpec = (spec: object): object => ({ type: 'object', properties: { spec } });

test('structural schemas pass', () => {
  const passing = [
    { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    withSpec({
      type: 'object',
      properties: {
        port: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
        list: {
          type: 'array',
          items: { type: 'object', required: ['k'], properties: { k: { type: 'string' } } },
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['k'],
        },
        free: { 'x-kubernetes-preserve-unknown-fields': true },
        n: { type: 'integer', default: 3 },
      },
      anyOf: [{ required: ['n'] }, { properties: { n: { minimum: 1 } } }],
      'x-kubernetes-validations': [{ rule: 'self.n > 0' }],
    }),
    {
      type: 'object',
      properties: { metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 5 } } } },
    },
  ];
  for (const schema of passing) assert.deepEqual(errorsOf(schema), []);
});

test('others are refused in the words of Kubernetes', () => {
  const refused: [object, string[]][] = [
    [{}, ['s.type: Required value: must not be empty at the root']],
    [withSpec({}), ['s.properties[spec].type: Required value: must not be empty for specified object fields']],
    [withSpec({ type: 'array' }), ['s.properties[spec].items: Required value: must be specified']],
    [
      withSpec({ type: 'object', anyOf: [{ type: 'object', properties: { x: {} } }] }),
      [
        's.properties[spec].anyOf[0].type: Forbidden: must be empty to be structural',
        's.properties[spec].properties[x]: Required value: because it is defined in s.properties[spec].anyOf[0].properties[x]',
      ],
    ],
    [
      withSpec({ type: 'text' }),
      [
        's.properties[spec].type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"',
      ],
    ],
    [
      withSpec({ type: 'array', items: { type: 'string' }, uniqueItems: true }),
      [
        's.properties[spec].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
      ],
    ],
    [
      withSpec({ type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' }),
      [
        's.properties[spec].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map',
      ],
    ],
    [
      withSpec({ type: 'string', default: 5 }),
      [
        's.properties[spec].default: Invalid value: "integer": s.properties[spec].default in body must be of type string: "integer"',
      ],
    ],
    [withSpec({ type: 'string', $ref: 'x' }), ['s.properties[spec].$ref: Forbidden: $ref is not supported']],
    [
      { type: 'object', properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } } },
      [
        's.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified',
      ],
    ],
    [
      withSpec({ type: 'array', items: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] } }),
      [
        's.properties[spec].items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within s.properties[spec]',
      ],
    ],
  ];
  for (const [schema, messages] of refused) assert.deepEqual(errorsOf(schema), messages);
  assert.match(errorsOf(withSpec({ type: 'string', pattern: '(' }))[0] ?? '', /must be a valid regular expression/);
  assert.equal(errorsOf('text').length, 1);
});
