import { encodeJson } from '@croft/encoding/json/encode';
import { writeYaml } from '@croft/encoding/yaml/write';
import { errorMessage } from '@croft/foundation/errors';
import { decodeBytes } from '@croft/gotemplate/bytes';
import type { Chart } from '@croft/helm/chart/chart';
import type { Values } from '@croft/helm/values/copy';
import { mergeTables, parseValues } from '@croft/helm/values/documents';

export interface ValuesFilesSpec {
  valuesFiles?: string[];
  ignoreMissingValuesFiles?: boolean;
}

/** The files whose values take the place of the chart's own; none when that is all that is asked for. */
export function listValuesFiles({ valuesFiles = [] }: ValuesFilesSpec): string[] {
  return valuesFiles.length === 1 && valuesFiles[0]?.replace(/^\.\//, '') === 'values.yaml' ? [] : valuesFiles;
}

/**
 * Puts the merged values of these files in the place of the chart's values.yaml. `read` gives a file's text, undefined when
 * it is not there. Gives the files that were merged. Throws when one is missing, unless that is allowed, or is no YAML.
 */
export async function applyValuesFiles(
  chart: Chart,
  spec: ValuesFilesSpec,
  read: (path: string) => Promise<Uint8Array | undefined>,
): Promise<string[]> {
  let merged: Values = new Map();
  const used: string[] = [];
  for (const file of listValuesFiles(spec)) {
    const data = await read(file);
    if (data === undefined) {
      if (spec.ignoreMissingValuesFiles) continue;
      throw new Error(`no values file found at path '${file}'`);
    }
    try {
      merged = mergeTables(merged, parseValues(decodeBytes(data), 3));
    } catch (error) {
      throw new Error(`unmarshaling values from '${file}' failed: ${errorMessage(error)}`, { cause: error });
    }
    used.push(file);
  }
  if (used.length === 0) return [];
  if (encodeJson(merged) === encodeJson(chart.values ?? new Map())) return [];
  chart.values = merged;
  chart.valuesFile = Buffer.from(writeYaml(merged));
  return used;
}
