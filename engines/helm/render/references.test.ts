import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readYamlMap } from '@croft/encoding/yaml/read';
import { parseMetadata } from '../chart/metadata.ts';
import { defaultCapabilities } from './capabilities.ts';
import { renderTemplates } from './engine.ts';

function render(text: string, values = ''): string | undefined {
  const chart = {
    metadata: parseMetadata('name: c\nversion: 1.0.0'),
    values: undefined,
    templates: [{ name: 'templates/a.yaml', data: Buffer.from(text) }],
    files: [],
    dependencies: [],
  };
  const release = { name: 'r', namespace: 'n', revision: 1, isInstall: true, isUpgrade: false };
  const input = { values: readYamlMap(values), release, capabilities: defaultCapabilities() };
  return renderTemplates(chart, input).get('c/templates/a.yaml');
}

test('an empty text within a text that tpl evaluates is empty, not the text around it', () => {
  assert.equal(render('{{ tpl .Values.outer . }}', 'outer: "<{{ tpl .Values.inner . }}>"\ninner: " "'), '< >');
});

test('what tpl defines is gone behind it', () => {
  const text =
    '{{ define "x" }}1{{ end }}{{ tpl "{{ define \\"x\\" }}2{{ end }}{{ include \\"x\\" . }}" . }}{{ include "x" . }}';
  assert.equal(render(text), '21');
});
