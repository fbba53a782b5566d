import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { captureHelm } from './testing/helm-session.ts';

const helm = (folder: string, ...args: string[]) => captureHelm(args, folder, {});

const chartFiles: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.2.3\nappVersion: "4"\n',
  'values.yaml': 'replicas: 1\nname: a b\n',
  'README.md': '# Shop\n',
  'crds/thing.yaml': 'kind: CustomResourceDefinition\nmetadata: {name: things.test}\n',
  'templates/_names.tpl': '{{ define "full" }}{{ .Release.Name }}-shop{{ end }}',
  'templates/a.yaml':
    'kind: ConfigMap\nmetadata:\n  name: {{ include "full" . }}\ndata:\n  n: {{ .Values.replicas | quote }}\n  ns: {{ .Release.Namespace }}\n  up: "{{ .Release.IsUpgrade }}"\n',
  'templates/b.yaml':
    'kind: Pod\nmetadata:\n  name: check\n  annotations:\n    helm.sh/hook: test\nspec: {k: {{ .Capabilities.KubeVersion }}, m: {{ .Capabilities.APIVersions.Has "x/v1" }}}\n',
};

const a = (name: string, n = '1', ns = 'default', up = 'false') =>
  `---\n# Source: shop/templates/a.yaml\nkind: ConfigMap\nmetadata:\n  name: ${name}-shop\ndata:\n  n: "${n}"\n  ns: ${ns}\n  up: "${up}"\n`;
const b = (kube = 'v1.34.0', has = 'false') =>
  `---\n# Source: shop/templates/b.yaml\nkind: Pod\nmetadata:\n  name: check\n  annotations:\n    helm.sh/hook: test\nspec: {k: ${kube}, m: ${has}}\n`;

async function makeChart(): Promise<{ folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'croft-helm-'));
  for (const [name, text] of Object.entries(chartFiles)) {
    const file = join(folder, 'shop', name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await writeFile(join(folder, 'two.yaml'), 'replicas: 2\n');
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

test('template renders as Helm 4 where that is asked for', async () => {
  await using chart = await makeChart();
  const { out } = await captureHelm(['template', 'shop', '--show-only', 'templates/b.yaml'], chart.folder, {
    CROFT_HELM_VERSION: '4',
  });
  assert.match(out, /^spec: \{k: v1\.36\.0, /m);
});

test('template prints what the flags ask for', async () => {
  await using chart = await makeChart();
  const cases: readonly (readonly [string, string])[] = [
    ['template shop', a('release-name') + b()],
    ['template one shop -n far --no-hooks', a('one', '1', 'far')],
    ['-n far template one shop --skip-tests=true', a('one', '1', 'far')],
    ['template one shop -f two.yaml --set replicas=3 --skip-tests', a('one', '3')],
    ['template one shop --values=two.yaml --is-upgrade --no-hooks', a('one', '2', 'default', 'true')],
    ['template --name-template {{upper_"X"|lower}}-y shop --no-hooks', a('x-y')],
    ['template one shop -s templates/a.yaml', a('one')],
    ['template one shop --show-only=templates/b.yaml --kube-version 1.30 -a x/v1,y/v2', b('v1.30', 'true')],
    [
      'template one shop --include-crds --no-hooks',
      `---\n# Source: shop/crds/thing.yaml\n${chartFiles['crds/thing.yaml']}\n${a('one')}`,
    ],
    ['show chart shop', 'apiVersion: v2\nappVersion: "4"\nname: shop\nversion: 1.2.3\n\n'],
    ['show values shop', 'replicas: 1\nname: a b\n\n'],
    ['inspect readme shop', '# Shop\n\n'],
    ['show crds shop', `${chartFiles['crds/thing.yaml']}\n`],
    ['lint shop', '==> Linting shop\n[INFO] Chart.yaml: icon is recommended\n\n1 chart(s) linted, 0 chart(s) failed\n'],
    ['lint --quiet shop', ''],
    ['version --short', 'v3.19.0+g3d8990f\n'],
    ['version --template {{.Version}}', 'v3.19.0'],
  ];
  for (const [line, out] of cases) {
    const args = line.split(' ').map((arg) => arg.replaceAll('_', ' '));
    assert.deepEqual(await helm(chart.folder, ...args), { code: 0, out, err: '' }, line);
  }
});

test('mistakes are told in helm’s words, with exit code 1', async () => {
  await using chart = await makeChart();
  const cases: readonly (readonly [string, string])[] = [
    ['template', '"helm template" requires at least 1 argument\n\nUsage:  helm template [NAME] [CHART] [flags]'],
    ['template one shop --sett a=b', 'unknown flag: --sett'],
    ['template one shop -z', "unknown shorthand flag: 'z' in -z"],
    ['template one shop --set', 'flag needs an argument: --set'],
    ['template one shop two', 'expected at most two arguments, unexpected arguments: two'],
    ['template One shop', 'invalid release name'],
    ['template one shop -g', 'cannot set --generate-name and also specify a name'],
    ['template one shop -f none.yaml', 'open none.yaml: no such file or directory'],
    ['template one shop --kube-version x', `invalid kube version 'x': could not parse "x" as version`],
    ['template one shop -s templates/c.yaml', 'could not find template templates/c.yaml in chart'],
    ['template one shop --validate', '--validate needs a cluster'],
    ['template one ./none', 'not found'],
    ['lint none', '1 chart(s) linted, 1 chart(s) failed'],
    ['install', '"helm install" requires at least 1 argument'],
    ['plugin list', 'unknown command "plugin"'],
  ];
  for (const [line, error] of cases) {
    const { code, err } = await helm(chart.folder, ...line.split(' '));
    assert.equal(code, 1, line);
    assert.ok(err.startsWith('Error: ') && err.includes(error), `${line}: ${err}`);
  }
});

test('what cannot be read as YAML is printed with --debug only', async () => {
  await using chart = await makeChart();
  await writeFile(join(chart.folder, 'shop/templates/bad.yaml'), 'a: [');
  const plain = await helm(chart.folder, 'template', 'one', 'shop');
  assert.equal(plain.out, '');
  assert.match(plain.err, /^Error: YAML parse error on shop\/templates\/bad\.yaml: .*\n\nUse --debug flag/);
  const debug = await helm(chart.folder, 'template', 'one', 'shop', '--debug');
  assert.match(debug.out, /# Source: shop\/templates\/bad\.yaml\na: \[\n/);
  assert.equal(debug.code, 1);
});

test('--output-dir writes one file for each template', async () => {
  await using chart = await makeChart();
  const { out } = await helm(chart.folder, 'template', 'one', 'shop', '--output-dir', 'out', '--release-name');
  assert.equal(out, 'wrote out/one/shop/templates/a.yaml\nwrote out/one/shop/templates/b.yaml\n\n');
  assert.equal(await readFile(join(chart.folder, 'out/one/shop/templates/a.yaml'), 'utf8'), a('one'));
});

test('a packaged chart renders as its folder does', async () => {
  await using chart = await makeChart();
  const { out } = await helm(chart.folder, 'package', 'shop', '--version', '2.0.0', '-d', 'charts');
  const file = join(chart.folder, 'charts/shop-2.0.0.tgz');
  assert.equal(out, `Successfully packaged chart and saved it to: ${file}\n`);
  assert.equal((await helm(chart.folder, 'template', 'one', file)).out, a('one') + b());
  assert.match((await helm(chart.folder, 'show', 'all', file)).out, /version: 2\.0\.0\n\n---\nreplicas: 1\n/);
});

const vectors = join(
  process.env.CROFT_VECTORS ?? join(import.meta.dirname, '../../../../shared/vectors'),
  'helm/render',
);

test('recorded command lines of helm give what they gave', { skip: !existsSync(vectors) }, async () => {
  for (const name of await readdir(vectors)) {
    const folder = join(vectors, name);
    if (!existsSync(join(folder, 'case.json'))) continue;
    const { argv, helm3 } = JSON.parse(await readFile(join(folder, 'case.json'), 'utf8')) as {
      argv: string[];
      helm3: { exitCode: number; stdout?: string };
    };
    const { code, out } = await helm(folder, ...argv);
    assert.equal(code, helm3.exitCode, name);
    assert.equal(out, helm3.stdout === undefined ? '' : await readFile(join(folder, helm3.stdout), 'utf8'), name);
  }
});
