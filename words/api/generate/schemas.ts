// Writes generated/schemas.json; with --check only says whether it is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { builtInResources } from '../resources.ts';
import { type ModelField, readModels } from './models.ts';
import { type FieldFacts, readTypeFacts, type TypeFacts } from './type-facts.ts';

const output = new URL('../generated/schemas.json', import.meta.url);
const scalars: Record<string, string> = {
  string: 's',
  'string byte': 'y',
  boolean: 'b',
  'number int32': 'i',
  'number int64': 'l',
  'number double': 'd',
  'Date date-time': 't',
  'V1MicroTime date-time-micro': 'u',
  'IntOrString int-or-string': 'x',
  any: '*',
};

type Definition = Record<string, string>;

/** The kinds that are served, their lists, and what goes to subresources, with all that they refer to. */
function rootNames(): string[] {
  const groups = new Map([
    ['', 'core'],
    ['rbac.authorization.k8s.io', 'rbac'],
    ['flowcontrol.apiserver.k8s.io', 'flowcontrol'],
  ]);
  const kinds = builtInResources.flatMap(({ group, version, kind }) => {
    const short = groups.get(group) ?? group.replace(/\..*/, '');
    return [`${short}.${version}.${kind}`, `${short}.${version}.${kind}List`];
  });
  return [
    ...kinds,
    'autoscaling.v1.Scale',
    'policy.v1.Eviction',
    'authentication.v1.TokenRequest',
    'meta.v1.DeleteOptions',
    'meta.v1.Status',
  ];
}

async function collectDefinitions(): Promise<Map<string, Definition>> {
  const models = await readModels();
  const facts = readTypeFacts();
  const modelOf = new Map(facts.map((type) => [type.name, modelName(type.name, models)]));
  const factsOf = new Map(facts.map((type) => [modelOf.get(type.name), type]));
  const definitions = new Map<string, Definition>();
  const visit = (type: TypeFacts | undefined) => {
    if (type === undefined || definitions.has(type.name)) return;
    const fields = models.get(modelOf.get(type.name) ?? '') ?? [];
    const refs: (TypeFacts | undefined)[] = [];
    const definition: Definition = type.atomic ? { '': '{}' } : {};
    definitions.set(type.name, definition);
    for (const field of fields) {
      definition[field.name] = renderField(field, type.fields.get(field.name), (model) => {
        const target = factsOf.get(model);
        if (target === undefined) throw new Error(`type-facts.txt does not name ${model}`);
        refs.push(target);
        return target.name;
      });
    }
    for (const ref of refs) visit(ref);
  };
  for (const root of rootNames()) visit(facts.find((type) => type.name === root));
  return definitions;
}

/** `core.v1.Event` is CoreV1Event, as other groups have an Event too; `core.v1.Pod` is V1Pod. */
function modelName(name: string, models: ReadonlyMap<string, unknown>): string {
  const [group = '', version = '', kind = ''] = name.split('.');
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  const full = `${capital(group)}${capital(version)}${kind}`;
  return models.has(full) ? full : `${capital(version)}${kind}`;
}

/** The form that `type-spec.ts` reads. */
function renderField(field: ModelField, facts: FieldFacts | undefined, nameOf: (model: string) => string): string {
  const marks = facts?.marks ?? '';
  let container = '';
  let inner = field.type;
  for (;;) {
    const list = /^Array<(.*)>$/.exec(inner);
    const map = /^\{ \[key: string\]: (.*); \}$/.exec(inner);
    const item = list ?? map;
    if (item === null) break;
    container += list === null ? '{' : '[';
    inner = item[1] ?? '';
  }
  const scalar = marks.includes('~') && inner === 'string' ? 'q' : scalars[`${inner} ${field.format}`.trim()];
  const type = container + (scalar ?? nameOf(inner));
  const required = field.required ? '!' : '';
  const words = [type, encodingOf(field, marks, container, scalar) + required];
  if (facts?.default !== undefined) words.push(`:${facts.default}`);
  if (facts?.merge) words.push(facts.merge);
  return words.join(' ');
}

/** `o` left out when zero, `p` left out when absent, `a` always written as its zero value, `n` always, as null. */
function encodingOf(field: ModelField, marks: string, container: string, scalar: string | undefined): string {
  const always = marks.includes('+') || (field.required && !marks.includes('?'));
  const plainByName = ['metadata', 'spec', 'status'].includes(field.name);
  if (container !== '') return always ? 'a' : 'o';
  const isStruct = scalar === undefined;
  const isPointer = isStruct
    ? marks.includes('*') || !(marks.includes('=') || field.required || plainByName)
    : marks.includes('*') || scalar === '*';
  if (isPointer) return always ? 'n' : 'p';
  if (marks.includes('0')) return 'o';
  // Structs without a pointer are never empty to Go's encoder.
  if (isStruct || (scalar !== undefined && 'tuqx'.includes(scalar))) return 'a';
  return always ? 'a' : 'o';
}

function renderDefinitions(definitions: Map<string, Definition>): string {
  const lines = [...definitions].sort(([left], [right]) => (left < right ? -1 : 1));
  return `{\n${lines.map(([name, definition]) => `${JSON.stringify(name)}:${JSON.stringify(definition)}`).join(',\n')}\n}\n`;
}

const text = renderDefinitions(await collectDefinitions());
if (process.argv.includes('--check')) {
  if (readFileSync(output, 'utf8') !== text) {
    console.error('words/api/generated/schemas.json is out of date: run node words/api/generate/schemas.ts');
    process.exitCode = 1;
  }
} else writeFileSync(output, text);
