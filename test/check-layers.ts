// The layers of docs/architecture.md: a package imports only from lower layers, of its own layer only what is named
// here, and no file imports itself in a circle.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from 'oxc-parser';

const root = join(import.meta.dirname, '..');
const layers = ['words', 'engines', 'frames', 'features', 'programs'];

/** Packages of its own layer that a package may import. */
const siblings: Record<string, string[]> = {
  patch: ['schema'],
  encoding: ['gotemplate'],
  helm: ['gotemplate', 'encoding'],
  kustomize: ['patch', 'encoding'],
  controller: ['client'],
  release: ['client'],
  cli: ['platform'],
};
/** Open to all, in their own layer too. */
const open = ['api', 'foundation'];

interface Import {
  from: string;
  /** The imported file; undefined when it is of a library. */
  to: string | undefined;
  text: string;
  typeOnly: boolean;
}

const files = globSync(
  layers.map((layer) => `${layer}/**/*.{ts,tsx,mjs}`),
  { cwd: root, exclude: (path) => path.includes('node_modules') },
);
const layerOf = new Map(files.map((file) => [file.split('/')[1] ?? '', file.split('/')[0] ?? '']));
const imports = files.flatMap(readImports);
const problems = [...imports.flatMap(findBreach), ...findCircles()];

for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

function readImports(from: string): Import[] {
  const { module, errors } = parseSync(from, readFileSync(join(root, from), 'utf8'));
  if (errors.length > 0) throw new Error(`${from}: ${errors[0]?.message}`);
  const statics = module.staticImports.map(({ moduleRequest, entries }) => ({
    text: moduleRequest.value,
    typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
  }));
  const exports = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap((entry) =>
      entry.moduleRequest === null ? [] : [{ text: entry.moduleRequest.value, typeOnly: entry.isType }],
    ),
  );
  const dynamics = module.dynamicImports.map(({ moduleRequest }) => ({
    text: readFileSync(join(root, from), 'utf8')
      .slice(moduleRequest.start, moduleRequest.end)
      .replace(/^['"`]|['"`]$/g, ''),
    typeOnly: true, // loaded later: no circle at start
  }));
  return [...statics, ...exports, ...dynamics].map((item) => ({ from, to: resolveImport(from, item.text), ...item }));
}

function resolveImport(from: string, text: string): string | undefined {
  if (text.startsWith('.')) return normalize(join(dirname(from), text));
  const match = /^@croft\/([^/]+)\/(.+)$/.exec(text);
  if (match === null) return undefined;
  const [, name = '', file = ''] = match;
  return `${layerOf.get(name)}/${name}/${file}.ts`;
}

function findBreach({ from, to, text }: Import): string[] {
  if (to === undefined) return [];
  if (!from.endsWith('.test.ts') && /(^test\/|^bench\/|\.test\.ts$)/.test(to))
    return [`${from}: imports the test ${text}`];
  const [layer = '', name = ''] = from.split('/');
  const [toLayer = '', toName = ''] = to.split('/');
  if (name === toName && layer === toLayer) return [];
  if (layers.indexOf(toLayer) < 0) return [`${from}: ${text} is in no layer`];
  if (layers.indexOf(toLayer) < layers.indexOf(layer) || open.includes(toName)) return [];
  if (layer === toLayer && siblings[name]?.includes(toName)) return [];
  return [`${from}: ${layer}/${name} may not import ${toLayer}/${toName} (${text})`];
}

function findCircles(): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports)
    if (to !== undefined && !typeOnly) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (file: string, path: string[]): void => {
    if (path.includes(file)) circles.push(`import circle: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`);
    if (done.has(file) || path.includes(file)) return;
    for (const to of next.get(file) ?? []) walk(to, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) walk(file, []);
  return circles;
}
