import { atFolder } from '@croft/cli/helm/common-flags';
import { nameAndChart, templateChart } from '@croft/cli/helm/template-chart';
import { errorMessage } from '@croft/foundation/errors';
import { ChartRenderError, joinTemplate, type RenderedChart } from '@croft/helm/render/render-chart';
import { showOnly } from '@croft/helm/render/show-only';
import type { ValueSources } from '@croft/helm/values/read-values';

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
  const given = [args.release ?? [], args.chart ?? 'chart'].flat();
  const { name, chart } = nameAndChart(given, {
    generateName: false,
    nameTemplate: args.nameTemplate ?? '',
    fallback: 'release-name',
    now: Date.now,
  });
  const rendered = await templateChart(
    {
      name,
      namespace: args.namespace ?? 'default',
      chart: atFolder(folder, chart),
      sources: sourcesOf(args),
      apiVersions: (args.apiVersions ?? []).flatMap((list) => list.split(',')),
      kubeVersion: args.kubeVersion ?? '',
      isUpgrade: args.isUpgrade === true,
      skipSchemaValidation: args.skipSchemaValidation === true,
      renderSubchartNotes: args.renderSubchartNotes === true,
    },
    { folder, warn: () => {}, helmVersion },
  );
  const text = joinTemplate(rendered, {
    includeCrds: args.includeCrds === true,
    noHooks: args.noHooks === true,
    skipTests: args.skipTests === true,
  });
  const shown = args.showOnly ?? [];
  return { stdout: shown.length === 0 ? text : showOnly(text, shown, helmVersion), rendered };
}

function sourcesOf(args: TemplateArguments): ValueSources {
  return {
    files: args.values ?? [],
    setJson: args.setJson ?? [],
    set: args.set ?? [],
    setString: args.setString ?? [],
    setFile: args.setFile ?? [],
    setLiteral: args.setLiteral ?? [],
  };
}
