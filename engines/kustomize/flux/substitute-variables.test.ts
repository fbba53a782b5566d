import assert from 'node:assert/strict';
import { test } from 'node:test';
import { substituteVariables } from './substitute-variables.ts';

const variables = new Map([
  ['host', 'web.example.org'],
  ['empty', ''],
  ['uni', 'zażółć'],
]);

/** Forms are written with `@` for `$`, which the linter takes for a template's. */
function run(form: string, strict = false): string {
  return substituteVariables(form.replaceAll('@', '$'), variables, { strict });
}

test('forms of expressions', () => {
  const forms: Record<string, string> = {
    '@{host}': 'web.example.org',
    '@{none:-a@{host}b}': 'aweb.example.orgb',
    '@{empty:=x}': 'x',
    '@{host%%.*}': 'web',
    '@{host##*.}': 'org',
    '@{host#*[.]}': 'example.org',
    '@{host//./-}': 'web-example-org',
    '@{host/#web/api}': 'api.example.org',
    '@{host/%org/net}': 'web.example.net',
    '@{host^}': 'Web.example.org',
    '@{#uni}': '10',
    '@{host:4:7}': 'example',
    '@{host:-3}': 'web.example.org',
    '@{host:1x}': 'web.example.org',
    '@@': '$',
    '@@{host}': '@{host}'.replace('@', '$'),
  };
  for (const [form, value] of Object.entries(forms)) assert.equal(run(form), value, form);
});

test('a value is not looked at again', () => {
  const value = '@{b}'.replace('@', '$');
  assert.equal(substituteVariables('@{a}'.replace('@', '$'), new Map([['a', value]])), value);
});

test('strict: what is not set is an error unless the expression has a default', () => {
  assert.throws(() => run('@{none}', true), { message: 'variable not set (strict mode): "none"' });
  assert.throws(() => run('@{none^^}', true), /variable not set/);
  assert.equal(run('@{none:-x}', true), 'x');
  assert.equal(run('@{empty}', true), '');
});

test('malformed expressions', () => {
  const malformed: Record<string, string> = {
    '@{host': 'missing closing brace',
    '@{}': 'unable to parse variable name',
    '@{host:-': 'unable to parse substitution within function',
    '@{#}': 'bad substitution',
    '@{host:é}': 'bad substitution',
  };
  for (const [form, message] of Object.entries(malformed)) assert.throws(() => run(form), { message }, form);
});
