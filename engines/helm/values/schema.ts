import { encodeJson } from '@croft/encoding/json/encode';
import { scanJsonValue } from '@croft/encoding/json/scan';
import { errorMessage } from '@croft/foundation/errors';
import type { Json } from '@croft/foundation/json';
import { decodeBytes } from '@croft/gotemplate/bytes';
import type { Chart } from '../chart/chart.ts';
import { isTable, type Values } from './copy.ts';
import { checkSchema } from './schema-check.ts';
import { checkReferences, createDocument, type Schema, type SchemaDocument } from './schema-document.ts';
import { renderSchemaErrors } from './schema-error.ts';
import { metaSchema, metaSchemaUrl } from './schema-meta.ts';

/** Checks values against the schemas of the chart and its subcharts. Throws with all that is wrong, chart by chart. */
export function validateValues(chart: Chart, values: Values): void {
  const report = reportOf(chart, values);
  if (report === '') return;
  throw new Error(`values don't meet the specifications of the schema(s) in the following chart(s):\n${report}`);
}

function reportOf(chart: Chart, values: Values): string {
  const own = chart.schema === undefined ? undefined : findSchemaProblem(decodeBytes(chart.schema), values);
  const children = chart.dependencies.map((child) => {
    const table = values.get(child.metadata.name);
    return reportOf(child, isTable(table) ? table : new Map());
  });
  return (own === undefined ? '' : `${chart.metadata.name}:\n${own}`) + children.join('');
}

/** Throws when the schema itself is none. */
function checkAgainstMeta({ root, draft }: SchemaDocument): void {
  const check = (meta: SchemaDocument) => checkSchema(meta, meta.root, root, []).errors;
  if (check(metaSchema(draft, { inGroups: false })).length === 0) return;
  const errors = check(metaSchema(draft, { inGroups: true }));
  const problem = `jsonschema validation failed with '${metaSchemaUrl(draft)}'\n${renderSchemaErrors(errors)}`;
  throw new Error(`"file:///values.schema.json#" is not valid against metaschema: ${problem}`);
}

/** How values break a schema, a line each; undefined when they do not. */
export function findSchemaProblem(text: string, values: Values): string | undefined {
  try {
    scanJsonValue(text);
    const schema = JSON.parse(text) as Schema;
    const document = createDocument(schema);
    checkAgainstMeta(document);
    checkReferences(document, schema);
    const { errors } = checkSchema(document, schema, JSON.parse(encodeJson(values)) as Json, []);
    return errors.length === 0 ? undefined : `${renderSchemaErrors(errors)}\n`;
  } catch (error) {
    return errorMessage(error);
  }
}
