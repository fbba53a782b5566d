import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TemplateExecError, TemplateLimitError } from './errors.ts';
import { type FunctionMap, type GoFunction, goFunction, goMethod, variadicFunction } from './functions.ts';
import { createTemplateSet, type TemplateSetOptions } from './template-set.ts';
import { ANY, ANY_MAP, BOOL, INT, INT_SLICE, mapType, STRING } from './type.ts';
import { GoMap, GoPointer, GoSlice, GoStruct, pointerType, structType, type Value } from './value.ts';

const functions: FunctionMap = new Map<string, GoFunction>([
  ['upper', goFunction([STRING], (text) => text.toUpperCase())],
  ['list', variadicFunction([], ANY, (...items) => items)],
  ['keys', goFunction([ANY_MAP], (map) => [...map.keys()])],
  [
    'until',
    goFunction(
      [INT],
      (n) =>
        new GoSlice(
          INT_SLICE,
          Array.from({ length: Number(n) }, (_, i) => BigInt(i)),
        ),
    ),
  ],
  ['negate', goFunction([BOOL], (value) => !value)],
  [
    'fail',
    goFunction([STRING], (text) => {
      throw new Error(text);
    }),
  ],
]);

function table(entries: Record<string, Value>): Map<string, Value> {
  return new Map(Object.entries(entries));
}

const data = table({ a: table({ b: 'c', n: null }), list: ['x', 2n, 2.5], zero: 0, text: 'té' });

function render(text: string, options: TemplateSetOptions = {}, dot: Value = data): string {
  const set = createTemplateSet({ missingKey: 'zero', functions, ...options });
  set.parse('t', text);
  return set.execute('t', dot);
}

function check(cases: readonly (readonly [string, string])[], options: TemplateSetOptions = {}): void {
  for (const [text, expected] of cases) assert.equal(render(text, options), expected, text);
}

function checkErrors(cases: readonly (readonly [string, string])[], options: TemplateSetOptions = {}): void {
  for (const [text, end] of cases) {
    assert.throws(
      () => render(text, options),
      (error: unknown) => {
        assert.ok(error instanceof TemplateExecError);
        assert.equal(error.message, `template: t:${end}`, text);
        return true;
      },
    );
  }
}

test('values print as Go prints them', () => {
  check([
    ['{{ .a.b }} {{ .list }} {{ .zero }} {{ .a }}', 'c [x 2 2.5] 0 map[b:c n:<nil>]'],
    ['{{ .a.n }}|{{ .none }}|{{ list nil }}', '<no value>|<no value>|[<nil>]'],
    [
      '{{ 1 }} {{ 1.5 }} {{ 0x10 }} {{ 1e3 }} {{ \'a\' }} {{ true }} {{ "s" }} {{ 1i }}',
      '1 1.5 16 1000 97 true s (0+1i)',
    ],
  ]);
});

test('control structures', () => {
  check([
    ['{{ if .zero }}a{{ else if .text }}b{{ else }}c{{ end }}', 'b'],
    [
      '{{ with .a }}{{ .b }}{{ $.text }}{{ end }}{{ with .none }}{{ else with .text }}{{ . }}{{ else }}z{{ end }}',
      'ctété',
    ],
    ['{{ range $i, $x := .list }}{{ $i }}={{ $x }},{{ end }}', '0=x,1=2,2=2.5,'],
    ['{{ range $k, $v := .a }}{{ $k }}:{{ $v }} {{ end }}', 'b:c n:<no value> '],
    ['{{ range 3 }}{{ . }}{{ end }}{{ range until 2 }}{{ . }}{{ end }}', '01201'],
    ['{{ range .none }}x{{ else }}none{{ end }}', 'none'],
    ['{{ range .list }}{{ if eq (print .) "x" }}{{ continue }}{{ end }}{{ . }}{{ break }}{{ end }}', '2'],
  ]);
});

test('variables keep to their scope', () => {
  check([
    ['{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $x := 3 }}{{ $x }}{{ end }}{{ $x }}', '32'],
    ['{{ $x := 1 }}{{ range $x := list 5 6 }}{{ $x }}{{ end }}{{ $x }}', '561'],
    ['{{ $last := 0 }}{{ range $last = list 5 6 }}{{ end }}{{ $last }}', '6'],
  ]);
});

test('templates call one another', () => {
  check([
    ['{{ define "x" }}[{{ . }}]{{ end }}{{ template "x" .text }}{{ template "x" }}', '[té][<no value>]'],
    ['{{ block "b" .a }}{{ .b }}{{ end }}', 'c'],
  ]);
});

test('and, or stop at the argument that decides', () => {
  check([
    ['{{ and .zero (fail "no") }}{{ or .text (fail "no") }}', '0té'],
    ['{{ or .zero "" }}|{{ and 1 2 3 }}|{{ 5 | and 1 }}', '|3|5'],
  ]);
});

test('errors name place, expression and cause', () => {
  checkErrors([
    ['{{ .a.b.c }}', '1:5: executing "t" at <.a.b.c>: can\'t evaluate field c in type interface {}'],
    ['é\n é {{ .a.n.x }}', '2:9: executing "t" at <.a.n.x>: nil pointer evaluating interface {}.x'],
    ['{{ upper 1 }}', '1:9: executing "t" at <1>: expected string; found 1'],
    ['{{ upper .list }}', '1:9: executing "t" at <.list>: wrong type for value; expected string; got []interface {}'],
    ['{{ $x := .a.n }}{{ upper $x }}', '1:25: executing "t" at <$x>: invalid value; expected string'],
    ['{{ upper }}', '1:3: executing "t" at <upper>: wrong number of args for upper: want 1 got 0'],
    ['{{ fail "out" | upper }}', '1:3: executing "t" at <fail "out">: error calling fail: out'],
    ['{{ template "nope" . }}', '1:12: executing "t" at <{{template "nope" .}}>: template "nope" not defined'],
    ['{{ range .text }}{{ end }}', '1:9: executing "t" at <.text>: range can\'t iterate over té'],
    ['{{ .a 1 }}', '1:3: executing "t" at <.a>: a is not a method but has arguments'],
    [
      '{{ lt 1 1.5 }}',
      '1:3: executing "t" at <lt 1 1.5>: error calling lt: incompatible types for comparison: int and float64',
    ],
    ['{{ index .list 7 }}', '1:3: executing "t" at <index .list 7>: error calling index: index out of range: 7'],
    ['{{ negate "x" }}', '1:10: executing "t" at <"x">: expected bool; found "x"'],
    [
      '{{ keys nil | upper }}',
      '1:14: executing "t" at <upper>: wrong type for value; expected string; got []interface {}',
    ],
  ]);
  checkErrors([['{{ .none }}', '1:3: executing "t" at <.none>: map has no entry for key "none"']], {
    missingKey: 'error',
  });
});

test('an error keeps what the function threw', () => {
  assert.throws(
    () => render('{{ fail "inner" }}'),
    (error: unknown) => error instanceof Error && error.cause instanceof Error && error.cause.message === 'inner',
  );
});

test('methods and fields of Go objects', () => {
  const inner = structType('demo.Inner', [{ name: 'Name', type: STRING }], {
    Greet: goMethod([STRING], (self: GoStruct, word) => `${word} ${String(self.fields.get('Name'))}`),
  });
  const outer = structType('demo.Outer', [
    { name: 'Inner', type: inner, embedded: true },
    { name: 'hidden', type: STRING },
  ]);
  const struct = new GoStruct(
    outer,
    new Map<string, Value>([
      ['Inner', new GoStruct(inner, new Map([['Name', 'ida']]))],
      ['hidden', 'h'],
    ]),
  );
  const dot = table({
    o: new GoPointer(pointerType(outer), struct),
    typed: new GoMap(mapType(STRING), new Map([['k', 'v']])),
  });
  assert.equal(
    render('{{ .o.Name }} {{ .o.Greet "hello" }} {{ "hi" | .o.Greet }} {{ .typed.k }}{{ .typed.none }}', {}, dot),
    'ida hello ida hi ida v',
  );
  assert.throws(
    () => render('{{ .o.hidden }}', {}, dot),
    /hidden is an unexported field of struct type interface \{\}/,
  );
  assert.throws(() => render('{{ .o.Nope }}', {}, dot), /can't evaluate field Nope in type interface \{\}/);
  assert.throws(() => render('{{ .o.Greet }}', {}, dot), /wrong number of args for Greet: want 1 got 0/);
});

test('a clone keeps its own templates and functions', () => {
  const set = createTemplateSet({ functions });
  set.parse('t', '{{ define "x" }}old{{ end }}{{ template "x" }} {{ upper "a" }}');
  const clone = set.clone(new Map([['upper', goFunction([STRING], (text) => `<${text}>`)]]));
  clone.parse('more', '{{ define "x" }}new{{ end }}');
  assert.equal(clone.execute('t', null), 'new <a>');
  assert.equal(set.execute('t', null), 'old A');
  assert.ok(!set.has('more'));
});

test('an empty template does not replace another', () => {
  const set = createTemplateSet();
  set.parse('t', 'text');
  set.parse('t', ' {{/* nothing */}} ');
  assert.equal(set.execute('t', null), 'text');
});

test('runaway templates are stopped', () => {
  const include = (text: string, limits: TemplateSetOptions['limits'] = {}): string => {
    const set = createTemplateSet({
      limits,
      functions: new Map([['include', goFunction([STRING, ANY], (name, dot) => set.execute(name, dot))]]),
    });
    set.parse('t', text);
    return set.execute('t', null);
  };
  const recursion = '{{ define "r" }}{{ include "r" . }}{{ end }}{{ include "r" . }}';
  assert.throws(() => include(recursion), TemplateLimitError);
  assert.throws(() => include(recursion, { depth: 10 }), TemplateLimitError);
  assert.throws(() => render('{{ define "r" }}{{ template "r" }}{{ end }}{{ template "r" }}'), TemplateLimitError);
  assert.throws(() => render('{{ range 1000000 }}{{ end }}', { limits: { steps: 1000 } }), TemplateLimitError);
  assert.throws(() => render('{{ range 1000 }}text{{ end }}', { limits: { outputLength: 100 } }), TemplateLimitError);
});

test('limits start anew with every outermost execution', () => {
  const set = createTemplateSet({ limits: { steps: 20 } });
  set.parse('t', '{{ range 10 }}x{{ end }}');
  for (let i = 0; i < 5; i++) assert.equal(set.execute('t', null), 'xxxxxxxxxx');
});

test('an unknown template is named with its set', () => {
  const set = createTemplateSet({ name: 'gotpl' });
  assert.throws(
    () => set.execute('x', null),
    /^TemplateExecError: template: no template "x" associated with template "gotpl"$/,
  );
});
