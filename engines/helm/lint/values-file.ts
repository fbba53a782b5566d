import { readYamlMap } from '@croft/encoding/yaml/read';
import { errorMessage } from '@croft/foundation/errors';
import { decodeBytes } from '@croft/gotemplate/bytes';
import type { ChartFile } from '../chart/chart.ts';
import { coalesceInto } from '../values/coalesce.ts';
import { copyValues, type Values } from '../values/copy.ts';
import { findSchemaProblem } from '../values/schema.ts';
import type { Report } from './message.ts';

const NAME = 'values.yaml';

/** Checks values.yaml, and with the given values over it against the chart's schema. */
export function lintValuesFile(
  files: readonly ChartFile[],
  overrides: Values,
  report: Report,
  warn: (text: string) => void,
): void {
  const file = files.find(({ name }) => name === NAME);
  if (!report('INFO', NAME, file === undefined ? 'file does not exist' : undefined) || file === undefined) return;
  let values: Values;
  try {
    values = readYamlMap(decodeBytes(file.data));
  } catch (error) {
    report('ERROR', NAME, `unable to parse YAML: ${errorMessage(error)}`);
    return;
  }
  const merged = coalesceInto(copyValues(overrides), values, warn);
  const schema = files.find(({ name }) => name === 'values.schema.json');
  if (schema === undefined || schema.data.length === 0) return;
  report('ERROR', NAME, findSchemaProblem(decodeBytes(schema.data), merged));
}
