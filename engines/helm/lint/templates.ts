import { errorMessage } from '@croft/foundation/errors';
import { decodeBytes } from '@croft/gotemplate/bytes';
import { quoteString } from '@croft/gotemplate/fmt/quote';
import type { Chart } from '../chart/chart.ts';
import { processDependencies } from '../chart/dependencies.ts';
import { trimSpace } from '../functions/strings.ts';
import type { Capabilities } from '../render/capabilities.ts';
import { renderTemplates } from '../render/engine.ts';
import { coalesceValues } from '../values/coalesce.ts';
import type { Values } from '../values/copy.ts';
import { splitDocuments } from '../values/documents.ts';
import { validateValues } from '../values/schema.ts';
import type { Report } from './message.ts';
import { lintObject, readLintObject } from './object.ts';

export interface TemplateLint {
  values: Values;
  namespace: string;
  capabilities: Capabilities;
  skipSchemaValidation: boolean;
  /** Takes what templates require and fail with, which is no error here, and what is odd where values come together. */
  info: (text: string) => void;
}

/** Renders the templates and checks what comes out. */
export function lintTemplates(chart: Chart, options: TemplateLint, report: Report): void {
  let rendered: Map<string, string> | undefined;
  try {
    rendered = render(chart, options);
  } catch (error) {
    report('ERROR', 'templates/', errorMessage(error));
  }
  if (rendered === undefined) return;
  for (const { name, data } of chart.templates) {
    report('ERROR', name, extensionProblem(name));
    const source = decodeBytes(data);
    if (/"?helm\.sh\/hook"?:[\t\n\f\r ]+crd-install/.test(source)) {
      report(
        'WARNING',
        name,
        'manifest is a crd-install hook. This hook is no longer supported in v3 and all CRDs should also exist the crds/ directory at the top level of the chart',
      );
    }
    if (/\.Release\.Time/.test(source)) {
      const instead = 'please replace with the `now` function in your templates';
      report('ERROR', name, `.Release.Time has been removed in v3, ${instead}`);
    }
    if (!name.endsWith('.yaml')) continue;
    const text = rendered.get(`${chart.metadata.name}/${name}`) ?? '';
    if (trimSpace(text) !== '' && !lintRendered(name, text, options.capabilities, report)) return;
  }
}

/** Values that do not come together are told elsewhere: then there is nothing to render. */
function render(chart: Chart, options: TemplateLint): Map<string, string> | undefined {
  const { values, namespace, capabilities, info } = options;
  let processed: Chart;
  let merged: Values;
  try {
    processed = processDependencies(chart, values, info);
    // Helm brings them together twice here, so a default that a null took away is there again.
    merged = coalesceValues(processed, coalesceValues(processed, values, info), info);
  } catch {
    return undefined;
  }
  if (!options.skipSchemaValidation) validateValues(processed, merged);
  const release = { name: 'test-release', namespace, revision: 0, isInstall: false, isUpgrade: false };
  return renderTemplates(processed, { values: merged, release, capabilities }, { lint: true, warn: info });
}

function extensionProblem(name: string): string | undefined {
  const extension = /\.[^./]*$/.exec(name)?.[0] ?? '';
  if (['.yaml', '.yml', '.tpl', '.txt'].includes(extension)) return undefined;
  return `file extension '${extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt`;
}

/** Whether all documents of the text could be read. */
function lintRendered(name: string, text: string, capabilities: Capabilities, report: Report): boolean {
  const line = text.split('\n').find((one) => trimSpace(one) !== '') ?? '';
  const indented = /^[ \t]/.test(line);
  report(
    'WARNING',
    name,
    indented
      ? `document starts with an illegal indent: ${quoteString(line)}, which may cause parsing problems`
      : undefined,
  );
  try {
    for (const document of splitDocuments(text)) {
      const object = readLintObject(document);
      if (object !== undefined) lintObject(object, name, text, capabilities.kubeVersion, report);
    }
    return true;
  } catch (error) {
    return report('ERROR', name, `unable to parse YAML: ${errorMessage(error)}`);
  }
}
