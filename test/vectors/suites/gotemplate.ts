import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readYamlMap } from '@croft/encoding/yaml/read';
import { errorMessage } from '@croft/foundation/errors';
import { encodeString } from '@croft/gotemplate/bytes';
import { HELM_3, HELM_4, parseKubeVersion } from '@croft/helm/render/capabilities';
import { renderTemplates } from '@croft/helm/render/engine';
import { coalesceValues } from '@croft/helm/values/coalesce';
import { type CaseResult, firstDifference } from '../suite.ts';
import { buildChart, type ChartParts } from './gotemplate-chart.ts';

interface Expected {
  readonly output?: string;
  readonly outputBase64?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly match?: string;
  readonly error?: boolean;
  readonly stage?: string;
  readonly message?: string;
}

interface TemplateCase extends Expected, ChartParts {
  readonly id: string;
  readonly main: string;
  readonly values?: string;
  readonly release?: Partial<Defaults['release']>;
  readonly capabilities?: Partial<Defaults['capabilities']>;
  readonly strict?: boolean;
  readonly lint?: boolean;
  /** The whole result of Helm 4 where it is another. */
  readonly helm4?: Expected;
}

interface Defaults {
  readonly chart: string;
  readonly release: {
    readonly name: string;
    readonly namespace: string;
    readonly revision: number;
    readonly isInstall: boolean;
    readonly isUpgrade: boolean;
  };
  readonly capabilities: { readonly kubeVersion: string; readonly apiVersions: readonly string[] };
}

type Rendered = { readonly outputs: Map<string, string> } | { readonly stage: string; readonly message: string };

/**
 * Renders every line of the folder's files and compares outputs byte for byte; errors by their stage, with `--messages` by
 * their text too.
 */
export async function* runSuite(dir: string, options: ReadonlySet<string>): AsyncIterable<CaseResult> {
  const defaults = JSON.parse(readFileSync(join(dir, 'defaults.json'), 'utf8')) as Defaults;
  for (const file of readdirSync(dir).sort()) {
    if (!file.endsWith('.jsonl')) continue;
    for (const line of readFileSync(join(dir, file), 'utf8').split('\n')) {
      if (line !== '') yield runCase(JSON.parse(line) as TemplateCase, defaults, options.has('messages'));
    }
  }
}

function runCase(one: TemplateCase, defaults: Defaults, messages: boolean): CaseResult {
  const three = findMismatch(one, one, render(one, defaults, 3), messages);
  if (three !== undefined) return { id: one.id, passed: false, reason: three };
  const four = one.helm4 === undefined ? undefined : findMismatch(one, one.helm4, render(one, defaults, 4), messages);
  return four === undefined ? { id: one.id, passed: true } : { id: one.id, passed: false, reason: `Helm 4: ${four}` };
}

function render(one: TemplateCase, defaults: Defaults, helmVersion: 3 | 4): Rendered {
  let stage = 'chart';
  try {
    const chart = buildChart({ ...one, chart: one.chart ?? defaults.chart });
    stage = 'values';
    const values = coalesceValues(chart, readYamlMap(one.values ?? ''), () => undefined, helmVersion);
    const capabilities = { ...defaults.capabilities, ...one.capabilities };
    stage = 'execute';
    const outputs = renderTemplates(
      chart,
      {
        values,
        release: { ...defaults.release, ...one.release },
        capabilities: {
          kubeVersion: parseKubeVersion(capabilities.kubeVersion, helmVersion),
          apiVersions: capabilities.apiVersions,
          helmVersion: helmVersion === 4 ? HELM_4 : HELM_3,
        },
      },
      { helmVersion, strict: one.strict === true, lint: one.lint === true },
    );
    return { outputs };
  } catch (error) {
    const known = error instanceof Error && 'stage' in error ? String(error.stage) : stage;
    return { stage: known, message: errorMessage(error) };
  }
}

/** Why the result is not the expected one, in one line; undefined when it is. */
function findMismatch(one: TemplateCase, expected: Expected, result: Rendered, messages: boolean): string | undefined {
  if ('stage' in result) {
    if (expected.error !== true) return `must render, but: ${result.message}`;
    if (result.stage !== expected.stage)
      return `must fail at ${expected.stage}, not ${result.stage}: ${result.message}`;
    return messages ? firstDifference(expected.message ?? '', result.message) : undefined;
  }
  if (expected.error === true) return `must fail: ${expected.message}`;
  if (expected.outputs !== undefined) return compareAll(expected.outputs, result.outputs);
  const actual = [...result.outputs].find(([name]) => name.endsWith(`/${one.main}`) && !name.includes('/charts/'))?.[1];
  if (actual === undefined) return `${one.main} was not rendered`;
  return compareOne(expected, actual);
}

function compareOne(expected: Expected, actual: string): string | undefined {
  const bytes = Buffer.from(encodeString(actual));
  if (expected.outputBase64 !== undefined) return firstDifference(expected.outputBase64, bytes.toString('base64'));
  if (expected.match !== undefined) {
    const pattern = new RegExp(`^(?:${expected.match})$`);
    return pattern.test(actual)
      ? undefined
      : `must match ${expected.match}, got ${JSON.stringify(actual.slice(0, 100))}`;
  }
  return firstDifference(expected.output ?? '', bytes.toString('utf8'));
}

function compareAll(expected: Readonly<Record<string, string>>, actual: Map<string, string>): string | undefined {
  const names = firstDifference(Object.keys(expected).sort().join('\n'), [...actual.keys()].sort().join('\n'));
  if (names !== undefined) return `names of templates: ${names}`;
  for (const [name, text] of Object.entries(expected)) {
    const difference = firstDifference(text, actual.get(name) ?? '');
    if (difference !== undefined) return `${name}: ${difference}`;
  }
  return undefined;
}
