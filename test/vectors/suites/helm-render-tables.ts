import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { encodeJson } from '@croft/encoding/json/encode';
import { writeYaml } from '@croft/encoding/yaml/write';
import { errorMessage } from '@croft/foundation/errors';
import { jsonEqual } from '@croft/foundation/json';
import { quoteString } from '@croft/gotemplate/fmt/quote';
import type { Value } from '@croft/gotemplate/value';
import { processDependencies } from '@croft/helm/chart/dependencies';
import { compileGlob } from '@croft/helm/chart/glob';
import { type Ignore, parseIgnore } from '@croft/helm/chart/ignore';
import { loadChartFiles } from '@croft/helm/chart/load-files';
import { validateReleaseName } from '@croft/helm/release/release-name';
import { defaultCapabilities, parseKubeVersion } from '@croft/helm/render/capabilities';
import { renderChart } from '@croft/helm/render/render-chart';
import { readValues } from '@croft/helm/values/read-values';
import type { CaseResult } from '../suite.ts';
import { differsInError } from './helm-error.ts';

interface Row {
  readonly [input: string]: unknown;
}

interface Table {
  readonly files?: unknown;
  readonly rows: readonly Row[];
}

type Answer = (row: Row, table: Table, helmVersion: 3 | 4) => unknown;

const answers: Readonly<Record<string, Answer>> = {
  'dependency-version': answerDependency,
  'files-glob': answerGlob,
  helmignore: answerIgnore,
  'kube-version': answerKubeVersion,
  'release-names': answerReleaseName,
  'set-parsing': answerSet,
  'toyaml-strings': answerString,
  'values-yaml': answerValues,
};

/** Compares every row of the tables; its id is the table's name and the number of the row. */
export async function* runTables(dir: string, helmVersion: 3 | 4): AsyncIterable<CaseResult> {
  for (const file of readdirSync(dir).sort()) {
    const name = basename(file, '.json');
    const table = JSON.parse(readFileSync(join(dir, file), 'utf8')) as Table;
    for (const [index, row] of table.rows.entries())
      yield await runRow(`_tables/${name}/${index}`, name, row, table, helmVersion);
  }
}

async function runRow(id: string, name: string, row: Row, table: Table, helmVersion: 3 | 4): Promise<CaseResult> {
  const expected = row.result ?? row[`helm${helmVersion}`];
  const answer = answers[name];
  if (answer === undefined) return { id, passed: false, reason: `there is no answer for the table ${name}` };
  let actual: unknown;
  try {
    actual = await answer(row, table, helmVersion);
  } catch (error) {
    actual = { error: `Error: ${errorMessage(error)}` };
  }
  const reason = differs(expected, actual);
  const input = JSON.stringify(row).slice(0, 120);
  return reason === undefined ? { id, passed: true } : { id, passed: false, reason: `${input}: ${reason}` };
}

function errorOf(result: unknown): string | undefined {
  const error = typeof result === 'object' && result !== null && 'error' in result ? result.error : undefined;
  return typeof error === 'string' ? error : undefined;
}

function differs(expected: unknown, actual: unknown): string | undefined {
  const wanted = errorOf(expected);
  const given = errorOf(actual);
  if (wanted !== undefined && given !== undefined) return differsInError({ error: wanted }, given);
  if (jsonEqual(expected, actual)) return undefined;
  return `expected ${JSON.stringify(expected).slice(0, 200)}, got ${JSON.stringify(actual).slice(0, 200)}`;
}

const encoder = new TextEncoder();

function chartOf(texts: Readonly<Record<string, string>>) {
  return loadChartFiles(Object.entries(texts).map(([name, text]) => ({ name, data: encoder.encode(text) })));
}

function answerDependency({ constraint, version }: Row): unknown {
  const dependency = JSON.stringify({ name: 'sub', alias: 'other', version: constraint });
  const chart = chartOf({
    'Chart.yaml': `apiVersion: v2\nname: host\nversion: 1.0.0\ndependencies: [${dependency}]\n`,
    'charts/sub/Chart.yaml': `apiVersion: v2\nname: sub\nversion: ${JSON.stringify(version)}\n`,
  });
  const processed = processDependencies(chart, new Map(), () => {});
  return { matches: processed.dependencies.some((child) => child.metadata.name === 'other') };
}

function answerGlob({ pattern }: Row, { files }: Table): unknown {
  const matches = compileGlob(String(pattern)) ?? (() => true);
  return (files as string[]).filter(matches).sort(compareBytes);
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function answerIgnore({ helmignore }: Row, { files }: Table): unknown {
  const ignore = parseIgnore(String(helmignore));
  if (isGone(ignore, 'Chart.yaml')) throw new Error('Chart.yaml file is missing');
  if (isGone(ignore, 'templates/d.yaml')) return { templateIgnored: true };
  return { ignored: (files as string[]).filter((path) => isGone(ignore, path)) };
}

/** Whether the path itself or a folder above it is ignored. */
function isGone(ignore: Ignore, path: string): boolean {
  const parts = path.split('/');
  return parts.some((_, i) => ignore(parts.slice(0, i + 1).join('/'), i < parts.length - 1));
}

function answerKubeVersion({ kubeVersion, flag }: Row, _table: Table, helmVersion: 3 | 4): unknown {
  try {
    let version = defaultCapabilities(helmVersion).kubeVersion;
    try {
      if (flag !== '') version = parseKubeVersion(String(flag), helmVersion);
    } catch (error) {
      throw new Error(`invalid kube version '${String(flag)}': ${errorMessage(error)}`);
    }
    const chart = chartOf({
      'Chart.yaml': `apiVersion: v2\nname: host\nversion: 1.0.0\nkubeVersion: ${JSON.stringify(kubeVersion)}\n`,
    });
    renderChart(chart, {
      values: new Map(),
      release: { name: 'r', namespace: 'default', revision: 1, isInstall: true, isUpgrade: false },
      capabilities: { ...defaultCapabilities(helmVersion), kubeVersion: version },
      helmVersion,
    });
    return { ok: true, version: version.version };
  } catch (error) {
    return { ok: false, error: `Error: ${errorMessage(error)}` };
  }
}

function answerReleaseName({ name }: Row, _table: Table, helmVersion: 3 | 4): unknown {
  validateReleaseName(String(name), helmVersion);
  return { ok: true };
}

const flagNames: Readonly<Record<string, string>> = {
  '--set': 'set',
  '--set-string': 'setString',
  '--set-json': 'setJson',
  '--set-file': 'setFile',
  '--set-literal': 'setLiteral',
};

async function answerSet(row: Row, { files }: Table, helmVersion: 3 | 4): Promise<unknown> {
  const sources: Record<string, string[]> = { files: row.values === undefined ? [] : ['values.yaml'] };
  for (const [flag, text] of row.flags as [string, string][]) {
    const name = flagNames[flag] ?? flag;
    sources[name] = [...(sources[name] ?? []), text];
  }
  const texts: Record<string, string> = {
    ...(files as Record<string, string>),
    'values.yaml': String(row.values ?? ''),
  };
  const values = await readValues(sources, (path) => readText(texts, path), helmVersion);
  const json = encodeJson(values);
  const expected = row.result ?? row[`helm${helmVersion}`];
  if (typeof expected === 'object' && expected !== null && 'jsonSha256' in expected) {
    return { jsonLength: json.length, jsonSha256: createHash('sha256').update(json).digest('hex') };
  }
  return { json };
}

async function readText(texts: Readonly<Record<string, string>>, path: string): Promise<Uint8Array> {
  const text = Object.hasOwn(texts, path) ? texts[path] : undefined;
  if (text === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' });
  return encoder.encode(text);
}

function answerString({ string }: Row): unknown {
  const text = String(string);
  return {
    asKey: yamlOf(new Map([[text, 1]])),
    inList: yamlOf([text]),
    inMap: yamlOf(new Map([['k', text]])),
    json: encodeJson(text),
    quote: quoteString(text),
    top: yamlOf(text),
  };
}

function yamlOf(value: Value): string {
  try {
    return writeYaml(value).replace(/\n$/, '');
  } catch {
    return '';
  }
}

async function answerValues({ yaml }: Row, _table: Table, helmVersion: 3 | 4): Promise<unknown> {
  const values = await readValues({ files: ['v.yaml'] }, async () => encoder.encode(String(yaml)), helmVersion);
  return { json: encodeJson(values), yaml: yamlOf(values) };
}
