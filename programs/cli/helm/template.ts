import { ChartRenderError, joinManifests, joinTemplate, type RenderedChart } from '@croft/helm/render/render-chart';
import { showOnly } from '@croft/helm/render/show-only';
import { chartFlags } from './chart-flags.ts';
import { atFolder, globalFlags, readNamespace, valueFlags, valueSources } from './common-flags.ts';
import type { ParsedFlags } from './flags.ts';
import { type HelmCommand, type HelmInput, requireArguments } from './helm-command.ts';
import { locateChart } from './locate-chart.ts';
import { nameAndChart, templateChart } from './template-chart.ts';

/** Flags of an installation that change nothing of what is rendered. */
const ignored = { type: 'bool', help: 'of no effect here' } as const;

export const command: HelmCommand = {
  usage: 'template [NAME] [CHART]',
  summary: 'locally render templates',
  flags: {
    ...globalFlags,
    ...valueFlags,
    ...chartFlags,
    'show-only': { type: 'list', short: 's', value: 'TEMPLATE', help: 'only manifests from these templates' },
    'output-dir': { type: 'text', value: 'DIR', help: 'write manifests to files in this folder' },
    'release-name': { type: 'bool', help: 'use the release name in the path of --output-dir' },
    'include-crds': { type: 'bool', help: 'include CRDs in the output' },
    'skip-crds': ignored,
    'skip-tests': { type: 'bool', help: 'leave tests out of the output' },
    'no-hooks': { type: 'bool', help: 'leave hooks out of the output' },
    'is-upgrade': { type: 'bool', help: 'set .Release.IsUpgrade instead of .Release.IsInstall' },
    'kube-version': { type: 'text', value: 'VERSION', help: 'Kubernetes version of .Capabilities.KubeVersion' },
    'api-versions': {
      type: 'slice',
      short: 'a',
      value: 'LIST',
      help: 'more API versions of .Capabilities.APIVersions',
    },
    'generate-name': { type: 'bool', short: 'g', help: 'generate the name (and omit the NAME parameter)' },
    'name-template': { type: 'text', value: 'TEMPLATE', help: 'template that names the release' },
    'render-subchart-notes': { type: 'bool', help: 'render the notes of subcharts, too' },
    'skip-schema-validation': { type: 'bool', help: 'do not check values against JSON schemas' },
    validate: { type: 'bool', help: 'validate manifests against a cluster (not supported)' },
    'dry-run': { type: 'text', bare: 'client', value: 'WHERE', help: 'client (server is not supported)' },
    'dependency-update': { type: 'bool', help: 'fetch missing dependencies first' },
    'post-renderer': { type: 'text', value: 'PROGRAM', help: 'program that changes the manifests on their way' },
    'post-renderer-args': { type: 'list', value: 'ARG', help: 'argument of the post-renderer; may be repeated' },
    'enable-dns': { type: 'bool', help: 'look up names when rendering (not supported)' },
    atomic: ignored,
    'create-namespace': ignored,
    description: { type: 'text', value: 'TEXT', help: 'of no effect here' },
    'disable-openapi-validation': ignored,
    force: ignored,
    'hide-notes': ignored,
    labels: { type: 'list', short: 'l', value: 'K=V', help: 'of no effect here' },
    replace: ignored,
    'take-ownership': ignored,
    timeout: { type: 'text', value: 'TIME', help: 'of no effect here' },
    wait: ignored,
    'wait-for-jobs': ignored,
  },
  run: async (input) => {
    requireArguments(command, input.flags.positionals, 1, Number.POSITIVE_INFINITY);
    refuseUnsupported(input.flags);
    try {
      await print(await render(input), input);
    } catch (error) {
      throw withHint(error, input);
    }
    return 0;
  },
};

function refuseUnsupported(flags: ParsedFlags): void {
  if (flags.has('validate')) throw new Error('--validate needs a cluster; croft helm template has none');
  if (flags.has('enable-dns')) throw new Error('--enable-dns is not supported');
  const dryRun = flags.list('dry-run').length === 0 ? 'true' : flags.text('dry-run');
  if (dryRun === 'server') throw new Error('--dry-run=server needs a cluster; croft helm template has none');
  if (!['false', 'true', 'none', 'client', ''].includes(dryRun)) {
    throw new Error('Invalid dry-run flag. Flag must one of the following: false, true, none, client, server');
  }
}

async function render(input: HelmInput): Promise<{ name: string; rendered: RenderedChart }> {
  const { flags, env, folder, terminal } = input;
  const { name, chart } = nameAndChart(flags.positionals, {
    generateName: flags.has('generate-name'),
    nameTemplate: flags.text('name-template'),
    fallback: 'release-name',
    now: Date.now,
  });
  const rendered = await templateChart(
    {
      name,
      namespace: readNamespace(flags, env),
      chart: await locateChart(chart, input),
      sources: valueSources(flags),
      apiVersions: flags.list('api-versions'),
      kubeVersion: flags.text('kube-version'),
      isUpgrade: flags.has('is-upgrade'),
      skipSchemaValidation: flags.has('skip-schema-validation'),
      renderSubchartNotes: flags.has('render-subchart-notes'),
    },
    { folder, warn: terminal.say, helmVersion: input.helmVersion },
  );
  return { name, rendered };
}

async function print({ name, rendered }: { name: string; rendered: RenderedChart }, input: HelmInput): Promise<void> {
  const { flags, folder, terminal } = input;
  const options = {
    includeCrds: flags.has('include-crds'),
    noHooks: flags.has('no-hooks'),
    skipTests: flags.has('skip-tests'),
  };
  const outputDir = flags.text('output-dir');
  if (outputDir !== '') {
    const { writeManifests } = await import('./write-manifests.ts');
    const target = flags.has('release-name') ? `${outputDir.replace(/\/+$/, '')}/${name}` : outputDir;
    for await (const file of writeManifests(rendered, atFolder(folder, target), options)) {
      terminal.write(`wrote ${target}/${file}\n`);
    }
    terminal.write('\n');
    return;
  }
  const manifest =
    flags.text('post-renderer') === ''
      ? undefined
      : await postRender(joinManifests(rendered, options.includeCrds), input);
  const text = joinTemplate(rendered, options, manifest);
  const shown = flags.list('show-only');
  terminal.write(shown.length === 0 ? text : showOnly(text, shown, input.helmVersion));
}

async function postRender(manifest: string, input: HelmInput): Promise<string | undefined> {
  // What starts programs is loaded only when one is to be started.
  const { postRenderer } = await import('./post-renderer.ts');
  return await postRenderer(input)?.(manifest);
}

/** What was rendered up to an error is shown with --debug; without it, helm says that it could be. */
function withHint(error: unknown, { flags, terminal }: HelmInput): unknown {
  if (!(error instanceof ChartRenderError)) return error;
  if (!flags.has('debug')) {
    return new Error(`${error.message}\n\nUse --debug flag to render out invalid YAML`, { cause: error });
  }
  terminal.write(`${error.debug.trim()}\n`);
  return error;
}
