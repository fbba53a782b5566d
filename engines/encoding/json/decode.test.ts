import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJson, decodeJsonList, decodeJsonMap, JsonDecodeError } from './decode.ts';

function problemOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no problem';
}

test('problems name the byte that Go stumbles over', () => {
  const problems: [string, string][] = [
    ['ü', "invalid character 'Ã' looking for beginning of value"],
    ['\u0085', "invalid character 'Â' looking for beginning of value"],
    ['{"k": 1,}', "invalid character '}' looking for beginning of object key string"],
  ];
  for (const [text, problem] of problems)
    assert.equal(
      problemOf(() => decodeJson(text)),
      problem,
    );
});

test('where no blank may stand, the end of the text counts as one', () => {
  const problems: [string, string][] = [
    ['fals', "invalid character ' ' in literal false (expecting 'e')"],
    ['[-', "invalid character ' ' in numeric literal"],
    ['7.', "invalid character ' ' after decimal point in numeric literal"],
    ['"x\\', "invalid character ' ' in string escape code"],
    ['"x', 'unexpected end of JSON input'],
    ['[7', 'unexpected end of JSON input'],
  ];
  for (const [text, problem] of problems)
    assert.equal(
      problemOf(() => decodeJson(text)),
      problem,
    );
});

test('a number that is too large is told, and what else was read is kept', () => {
  const wanted = 'json: cannot unmarshal number 2e999 into Go value of type float64';
  try {
    decodeJsonMap('{"big": 2e999, "small": 3, "bigger": 3e999}');
    assert.fail('it was read');
  } catch (error) {
    assert(error instanceof JsonDecodeError);
    assert.equal(error.message, wanted);
    assert.deepEqual(
      error.decoded,
      new Map<string, unknown>([
        ['big', null],
        ['small', 3],
        ['bigger', null],
      ]),
    );
  }
  assert.match(
    problemOf(() => decodeJsonList('{"big": 2e999}')),
    /cannot unmarshal object into Go value of type \[\]interface/,
  );
});
