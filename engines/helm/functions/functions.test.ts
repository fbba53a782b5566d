import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadChartFiles } from '../chart/load-files.ts';
import { defaultCapabilities } from '../render/capabilities.ts';
import { renderTemplates } from '../render/engine.ts';

const encoder = new TextEncoder();

/** What an expression prints in a template of a chart. */
function print(expression: string, helmVersion: 3 | 4 = 3): string {
  const files = {
    'Chart.yaml': 'apiVersion: v2\nname: probe\nversion: 1.0.0\n',
    'templates/out.txt': `{{ ${expression} }}`,
    'note.txt': 'hi',
  };
  const chart = loadChartFiles(Object.entries(files).map(([name, text]) => ({ name, data: encoder.encode(text) })));
  const release = { name: 'r', namespace: 'n', revision: 1, isInstall: true, isUpgrade: false };
  const rendered = renderTemplates(
    chart,
    { values: new Map(), release, capabilities: defaultCapabilities(helmVersion) },
    { helmVersion },
  );
  return rendered.get('probe/templates/out.txt') ?? 'nothing';
}

function checkAll(cases: readonly (readonly [string, string])[]): void {
  for (const [expression, wanted] of cases) assert.equal(print(expression), wanted, expression);
}

test('the case of letters changes one by one', () => {
  checkAll([
    ['title "ǆep ქალი"', 'ǅep ქალი'],
    ['swapcase "İz ǆ ßa"', 'iZ ǅ ßA'],
    ['untitle "İzmir Éa"', 'izmir éa'],
    ['camelcase "ﬁne-straße"', 'ﬁneStraße'],
  ]);
});

test('only Chinese characters are no letters of words', () => {
  checkAll([
    ['snakecase "漢字かな漢"', '漢字_かな_漢'],
    ['kebabcase "שלוםWorld"', 'שלום-world'],
  ]);
});

test('%#v writes times and bytes as Go expressions', () => {
  checkAll([
    [
      'printf "%#v" (toDate "2006-01-02 15:04" "2031-07-05 06:08")',
      'time.Date(2031, time.July, 5, 6, 8, 0, 0, time.Local)',
    ],
    ['printf "%#v" (list (.Files.GetBytes "note.txt"))', '[]interface {}{[]uint8{0x68, 0x69}}'],
    ['printf "%#v" (.Files.GetBytes "note.txt")', '[]byte{0x68, 0x69}'],
  ]);
});

test('what a function gives has no methods with a pointer receiver', () => {
  checkAll([
    ['.Capabilities.KubeVersion', 'v1.34.0'],
    ['default .Capabilities.KubeVersion nil', '{v1.34.0 1 34}'],
  ]);
});

test('toYamlPretty writes what Go holds, not its JSON', () => {
  checkAll([
    ['toYamlPretty .Capabilities.KubeVersion', 'version: v1.34.0\nmajor: "1"\nminor: "34"'],
    ['toYamlPretty (dict "b" (.Files.GetBytes "note.txt"))', 'b:\n  - 104\n  - 105'],
    ['toYamlPretty (dict "t" (toDate "2006-01-02" "2031-07-05"))', 't: 2031-07-05T00:00:00Z'],
    ['toYamlPretty (dict "s" "a\\tb\\nc")', 's: |-\n  a\tb\n  c'],
  ]);
});

test('TOML keeps dates without a zone, and texts of versions', () => {
  checkAll([
    ['fromToml "d = 2031-07-05\\nt = 06:07:08.5" | toToml', 'd = 2031-07-05\nt = 06:07:08.5\n'],
    ['toToml (dict "v" (semver "4.5.6"))', 'v = "4.5.6"\n'],
    [
      'get (fromToml "a\\u0000") "Error"',
      'toml: line 1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8',
    ],
  ]);
});

test('a byte order mark has YAML escape the whole text', () => {
  checkAll([['toYaml "\\ufeffo k"', '"\\uFEFF\\x6F\\x20\\x6B"']]);
});

test('errors say what Go says', () => {
  const problems: [string, RegExp][] = [
    ['dig 7 "other" "text"', /interface \{\} is string, not map\[string\]interface \{\}$/],
    ['mustToDate "2006" "ö"', /parsing time "\\xc3\\xb6" as "2006": cannot parse/],
    ['mustRegexMatch "\\\\" "x"', /trailing backslash at end of expression: ``$/],
    ['.. ', /unexpected <\.> in operand$/],
    ['.Values.Encode', /wrong number of args for Encode: want 1 got 0$/],
  ];
  for (const [expression, wanted] of problems) assert.throws(() => print(expression), { message: wanted }, expression);
});

test('a glob that ends in a backslash matches nothing', () => {
  checkAll([['.Files.Glob "\\\\" | len', '0']]);
});

test('what Helm 4 keeps to itself is neither copied nor written', () => {
  assert.equal(print('printf "%v" (deepCopy .Capabilities.KubeVersion)', 4), '{v1.36.0  1 36}');
  assert.equal(print('toToml .Capabilities.KubeVersion', 4), 'Version = "v1.36.0"\nMajor = "1"\nMinor = "36"\n');
});
