import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { errorMessage } from '@croft/foundation/errors';
import { createTemplateSet } from '@croft/gotemplate/template-set';
import { findMissingDependencies } from '@croft/helm/chart/dependencies';
import { readChart } from '@croft/helm/chart/load';
import { createFunctions } from '@croft/helm/functions/all';
import { validateReleaseName } from '@croft/helm/release/release-name';
import { type Capabilities, defaultCapabilities, parseKubeVersion } from '@croft/helm/render/capabilities';
import { ChartRenderError, joinTemplate, type RenderedChart, renderChart } from '@croft/helm/render/render-chart';
import { showOnly } from '@croft/helm/render/show-only';
import { readValues } from '@croft/helm/values/read-values';

/** The flags of `helm template`. */
export interface TemplateArguments {
  readonly release?: string | null;
  readonly namespace?: string;
  readonly chart?: string;
  readonly values?: readonly string[];
  readonly setJson?: readonly string[];
  readonly set?: readonly string[];
  readonly setString?: readonly string[];
  readonly setFile?: readonly string[];
  readonly setLiteral?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly kubeVersion?: string;
  readonly includeCrds?: boolean;
  readonly isUpgrade?: boolean;
  readonly showOnly?: readonly string[];
  readonly skipTests?: boolean;
  readonly noHooks?: boolean;
  readonly skipSchemaValidation?: boolean;
  readonly nameTemplate?: string;
  readonly renderSubchartNotes?: boolean;
}

export type TemplateResult = { readonly stdout: string; readonly rendered: RenderedChart } | { readonly error: string };

const debugHint = '\n\nUse --debug flag to render out invalid YAML';

/** What `helm template` prints, run in the folder; errors as it prints them. */
export async function template(folder: string, args: TemplateArguments, helmVersion: 3 | 4): Promise<TemplateResult> {
  try {
    return await run(folder, args, helmVersion);
  } catch (error) {
    return { error: `Error: ${errorMessage(error)}${error instanceof ChartRenderError ? debugHint : ''}` };
  }
}

async function run(folder: string, args: TemplateArguments, helmVersion: 3 | 4): Promise<TemplateResult> {
  const capabilities = readCapabilities(args, helmVersion);
  const name = releaseName(args);
  const at = (path: string) => (isAbsolute(path) ? path : join(folder, path));
  const values = await readValues(
    {
      files: args.values ?? [],
      setJson: args.setJson ?? [],
      set: args.set ?? [],
      setString: args.setString ?? [],
      setFile: args.setFile ?? [],
      setLiteral: args.setLiteral ?? [],
    },
    (path) => readFile(at(path)),
    helmVersion,
  );
  const chart = await readChart(at(args.chart ?? 'chart'), () => {}, helmVersion);
  if (!['', 'application'].includes(chart.metadata.type)) {
    throw new Error(`${chart.metadata.type} charts are not installable`);
  }
  const missing = findMissingDependencies(chart);
  if (missing.length > 0) throw new Error(missingText(missing, helmVersion));
  validateReleaseName(name, helmVersion);
  const rendered = renderChart(chart, {
    values,
    release: {
      name,
      namespace: args.namespace ?? 'default',
      revision: 1,
      isInstall: args.isUpgrade !== true,
      isUpgrade: args.isUpgrade === true,
    },
    capabilities,
    helmVersion,
    skipSchemaValidation: args.skipSchemaValidation === true,
    renderSubchartNotes: args.renderSubchartNotes === true,
  });
  const text = joinTemplate(rendered, {
    includeCrds: args.includeCrds === true,
    noHooks: args.noHooks === true,
    skipTests: args.skipTests === true,
  });
  const shown = args.showOnly ?? [];
  return { stdout: shown.length === 0 ? text : showOnly(text, shown, helmVersion), rendered };
}

function readCapabilities(args: TemplateArguments, helmVersion: 3 | 4): Capabilities {
  const defaults = defaultCapabilities(helmVersion);
  const apiVersions = [...defaults.apiVersions, ...(args.apiVersions ?? []).flatMap((list) => list.split(','))];
  if (args.kubeVersion === undefined || args.kubeVersion === '') return { ...defaults, apiVersions };
  try {
    return { ...defaults, apiVersions, kubeVersion: parseKubeVersion(args.kubeVersion, helmVersion) };
  } catch (error) {
    throw new Error(`invalid kube version '${args.kubeVersion}': ${errorMessage(error)}`);
  }
}

function releaseName(args: TemplateArguments): string {
  const { release, nameTemplate } = args;
  if (nameTemplate === undefined || nameTemplate === '') return release ?? 'release-name';
  if (typeof release === 'string') throw new Error('cannot set --name-template and also specify a name');
  const set = createTemplateSet({ functions: createFunctions() });
  set.parse('name-template', nameTemplate);
  return set.execute('name-template', null);
}

function missingText(missing: readonly string[], helmVersion: 3 | 4): string {
  const [start, command] = helmVersion === 4 ? ['an', "'helm dependency build'"] : ['An', '`helm dependency build`'];
  return `${start} error occurred while checking for chart dependencies. You may need to run ${command} to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: ${missing.join(', ')}`;
}
