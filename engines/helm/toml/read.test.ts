import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeJson } from '@croft/encoding/json/encode';
import { readToml } from './read.ts';

const json = (text: string, version?: '1.5' | '1.6') => encodeJson(readToml(text, version));

test('tables, arrays of tables and keys with dots make one tree', () => {
  const text =
    'a.b = 1\n"x y" = 2 # kept\n[t.u]\nv = [1, [2], {w = "z"}] \n[[l]]\nn = 1\n[[l]]\nn = 2\n[l.sub]\nm = 3\n';
  assert.equal(
    json(text),
    '{"a":{"b":1},"l":[{"n":1},{"n":2,"sub":{"m":3}}],"t":{"u":{"v":[1,[2],{"w":"z"}]}},"x y":2}',
  );
});

test('strings of several lines lose what a backslash ends, and keep quotes', () => {
  assert.equal(json('a = """\none \\\n   two "" three"""""'), '{"a":"one two \\"\\" three\\"\\""}');
  assert.equal(json("a = '''\nraw \\n'''"), '{"a":"raw \\\\n"}');
});

test('errors name the line and the last key as BurntSushi/toml does', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a = ', 'toml: line 1 (last key "a"): unexpected EOF; expected value'],
    ['a = \nb = 1', `toml: line 1 (last key "a"): expected value but found '\\n' instead`],
    ['[t]\na = 1\na = 2', `toml: line 3 (last key "t.a"): Key 't.a' has already been defined.`],
    ['a = 1\n[a]\nb = 2', `toml: line 2: Key 'a' has already been defined.`],
    ['a = 1\n[[a]]', `toml: line 2: Key 'a' was already created and cannot be used as an array.`],
    ['a = inx', `toml: line 1 (last key "a"): expected value but found "nx" instead`],
    ['a = ian', `toml: line 1 (last key "a"): Invalid float value: "ian"`],
    ['[a', `toml: line 1: expected '.' or ']' to end table name, but got '\\x00' instead`],
    ['[]', 'toml: line 1: unexpected end of table name (table names cannot be empty)'],
    ['a = [1 2]', `toml: line 1 (last key "a"): expected a comma (',') or array terminator (']'), but got '2'`],
    ['a = {b = 1\n}', 'toml: line 1 (last key "a.b"): newlines not allowed within inline tables'],
    ['a = yes', 'toml: line 1 (last key "a"): expected value but found "yes" instead'],
    ['a = 1.', `toml: line 1 (last key "a"): Invalid float "1.": '.' must be followed by one or more digits`],
    ['a = 2024-13-01', 'toml: line 1 (last key "a"): invalid datetime: "2024-13-01"'],
    ['a = "\\e"', `toml: line 1 (last key "a"): invalid escape in string '\\e'`],
    ['a = "\x01"', `toml: line 1 (last key "a"): TOML files cannot contain control characters: '0x01'`],
    ['a = 9223372036854775808', 'toml: line 1 (last key "a"): 9223372036854775808 is out of range for int64'],
  ];
  for (const [text, message] of cases) assert.throws(() => readToml(text), { message }, text);
});

test('TOML 1.1 is read where version 1.6 is asked for', () => {
  assert.equal(json('a = {\n  b = "\\x41\\e", # why\n}\n', '1.6'), '{"a":{"b":"A\\u001b"}}');
  assert.throws(() => readToml('a = [1]\na = [2]', '1.6'), /already been defined/);
  assert.equal(json('a = [1]\na = [2]'), '{"a":[2]}');
});
