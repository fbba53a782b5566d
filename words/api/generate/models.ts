import { readdirSync, readFileSync } from 'node:fs';

export interface ModelField {
  readonly name: string;
  /** `string`, `Array<V1Container>`, `{ [key: string]: string; }`. */
  readonly type: string;
  /** `int32`, `date-time`, `byte`, or empty. */
  readonly format: string;
  readonly required: boolean;
}

/** The models of the JavaScript client, which are generated from Kubernetes' OpenAPI document. */
export async function readModels(): Promise<Map<string, ModelField[]>> {
  const folder = new URL('gen/models/', import.meta.resolve('@kubernetes/client-node'));
  const names = readdirSync(folder).flatMap((file) => /^((?:[A-Z]\w*)?V[12][A-Z]\w*)\.js$/.exec(file)?.[1] ?? []);
  return new Map(await Promise.all(names.map(async (name) => [name, await readModel(folder, name)] as const)));
}

async function readModel(folder: URL, name: string): Promise<ModelField[]> {
  const module: Record<
    string,
    { attributeTypeMap?: { name: string; baseName: string; type: string; format: string }[] }
  > = await import(new URL(`${name}.js`, folder).href);
  const declaration = readFileSync(new URL(`${name}.d.ts`, folder), 'utf8');
  return (module[name]?.attributeTypeMap ?? []).map((attribute) => ({
    name: attribute.baseName,
    type: attribute.type,
    format: attribute.format,
    required: !declaration.includes(`'${attribute.name}'?:`),
  }));
}
