import { readValue } from '../kustomization/decode.ts';
import type { Kustomization } from '../kustomization/kustomization.ts';
import { readOpenApi } from '../merge/openapi-schema.ts';
import { type Loader, loadText } from '../source/loader.ts';
import type { BuildContext } from './target.ts';

const builtinVersion = 'v1.21.2';

/** Takes the schema that a kustomization names. The first one of a build counts. */
export function chooseSchema(context: BuildContext, { openapi }: Kustomization, loader: Loader): void {
  const path = openapi?.get('path');
  const version = openapi?.get('version') ?? '';
  const text = path === undefined ? undefined : loadText(loader, path);
  if (context.schemaChosen || (text === undefined && version === '')) return;
  if (text === undefined) {
    if (version !== builtinVersion) throw new Error('the specified OpenAPI version is not built in');
    context.schemaChosen = true;
    return;
  }
  if (version !== '') throw new Error('builtin version and custom schema provided, cannot use both');
  context.schemaChosen = true;
  const own = readOpenApi(readValue(text));
  const builtin = context.findSchema;
  context.findSchema = context.addsSchemas
    ? (apiVersion, kind) => own(apiVersion, kind) ?? builtin(apiVersion, kind)
    : own;
}
