import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TemplateParseError } from '../errors.ts';
import { describeNode } from './node.ts';
import { parseTemplate } from './parse-template.ts';

const functions = new Set(['print', 'upper', 'and']);

function parse(text: string) {
  return parseTemplate('t', text, { isFunction: (name) => functions.has(name) });
}

/** The text of the nodes of the template `t`, actions as errors print them. */
function nodesOf(text: string): string[] {
  return (
    parse(text)
      .get('t')
      ?.root.nodes.map((node) => {
        if (node.kind === 'text') return node.text;
        return node.kind === 'action' || node.kind === 'template' ? describeNode(node) : node.kind;
      }) ?? []
  );
}

test('trim markers take the blanks next to an action', () => {
  assert.deepEqual(nodesOf('a {{- 1 }} b'), ['a', '{{1}}', ' b']);
  assert.deepEqual(nodesOf('a \n {{ 1 -}} \t b'), ['a \n ', '{{1}}', 'b']);
  assert.deepEqual(nodesOf('a {{- /* gone */ -}} b'), ['a', 'b']);
  assert.deepEqual(nodesOf('{{-3}}'), ['{{-3}}']);
});

test('actions read back as they were written', () => {
  const actions = [
    '{{.a.b.c}}',
    '{{$.x}}',
    '{{print 1 "two" `three` \'4\' nil true}}',
    '{{(print .a).b | upper}}',
    '{{$x := print .}}',
    '{{template "name" .a}}',
  ];
  for (const action of actions) assert.deepEqual(nodesOf(action), [action]);
});

test('definitions become templates of their own', () => {
  const trees = parse('{{ define "a" }}A{{ end }}{{ block "b" . }}B{{ end }}');
  assert.deepEqual([...trees.keys()].sort(), ['a', 'b', 't']);
});

test('an empty definition gives way to another', () => {
  assert.doesNotThrow(() => parse('{{ define "a" }} {{ end }}{{ define "a" }}A{{ end }}'));
});

test('other delimiters leave the usual ones alone', () => {
  const trees = parseTemplate('t', '{{ a }}<% 1 -%> b', {
    isFunction: () => true,
    leftDelimiter: '<%',
    rightDelimiter: '%>',
  });
  assert.equal(trees.get('t')?.root.nodes.length, 3);
});

test('mistakes are reported with their line', () => {
  const table: [string, string][] = [
    ['{{ 1', 'template: t:1: unclosed action'],
    ['a\n{{ 1\n}\n', 'template: t:3: unexpected "}" in operand'],
    ['{{ if }}x{{ end }}', 'template: t:1: missing value for if'],
    ['\n{{ nope }}', 'template: t:2: function "nope" not defined'],
    ['{{ $x }}', 'template: t:1: undefined variable "$x"'],
    ['{{ 1 | 2 }}', 'template: t:1: non executable command in pipeline stage 2'],
    ['{{ if 1 }}', 'template: t:1: unexpected EOF'],
    ['{{ end }}', 'template: t:1: unexpected {{end}}'],
    ['{{ break }}', 'template: t:1: {{break}} outside {{range}}'],
    ['{{ "s".x }}', 'template: t:1: unexpected . after term "\\"s\\""'],
    ['{{ (1 }}', 'template: t:1: unclosed left paren'],
    ['{{ 1) }}', 'template: t:1: unexpected right paren'],
    ['{{ a-b }}', "template: t:1: bad character U+002D '-'"],
    ['{{/* open', 'template: t:1: unclosed comment'],
    ['{{ "\\q" }}', 'template: t:1: invalid syntax'],
    ['{{ print\n\n"open', 'template: t:3: unterminated quoted string in action started at t:1'],
    [
      '{{ define "a" }}1{{ end }}{{ define "a" }}2{{ end }}',
      'template: t:1: template: multiple definition of template "a"',
    ],
    ['{{ range $a, $b, $c := . }}{{ end }}', 'template: t:1: too many declarations in range'],
    ['{{ if 1 }}{{ else }}{{ else }}{{ end }}', 'template: t:1: expected end; found {{else}}'],
    ['{{ if $x\n\ny }}{{ end }}', 'template: t:3: undefined variable "$x"'],
    ['{{ block "b" . }}\n{{ else }}', 'template: t:1: unexpected {{else}} in block clause'],
    ['{{ template -}}', 'template: t:1: unexpected "}}" in template clause'],
    ['{{ template 1 }}', 'template: t:1: unexpected "1" in template clause'],
  ];
  for (const [text, message] of table) {
    assert.throws(
      () => parse(text),
      (error: unknown) => error instanceof TemplateParseError && error.message === message,
      text,
    );
  }
});
