import { posix } from 'node:path';
import {
  findDeprecations,
  type Kustomization,
  kustomizationFiles,
  parseKustomization,
} from '../kustomization/kustomization.ts';
import type { FindSchema } from '../merge/merge-schema.ts';
import type { Origin } from '../resource/origin.ts';
import { type Loader, loadText } from '../source/loader.ts';

/** What all kustomizations of one build share. */
export interface BuildContext {
  readonly warnings: string[];
  /** Whether the schemas of an `openapi` field come on top of the built-in ones. */
  readonly addsSchemas: boolean;
  findSchema: FindSchema;
  /** Set once a kustomization has named its own schema. */
  schemaChosen: boolean;
}

/** A kustomization about to be carried out. */
export interface Target {
  readonly kustomization: Kustomization;
  readonly fileName: string;
  readonly loader: Loader;
  readonly context: BuildContext;
  /** Where it is, seen from the first kustomization; undefined when origins are not asked for. */
  readonly origin: Origin | undefined;
}

/** Reads the kustomization file of a folder. Throws unless there is exactly one. */
export function loadTarget(loader: Loader, context: BuildContext, origin: Origin | undefined): Target {
  const found = kustomizationFiles.flatMap((name) => {
    const text = readIfThere(loader, name);
    return text === undefined ? [] : [{ name, text }];
  });
  const [only, ...more] = found;
  if (only === undefined) {
    throw new Error(
      `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${loader.root}'`,
    );
  }
  if (more.length > 0) throw new Error(`Found multiple kustomization files under: ${loader.root}\n`);
  const kustomization = parseKustomization(only.text, loader.root);
  context.warnings.push(...findDeprecations(only.text));
  return { kustomization, fileName: only.name, loader, context, origin };
}

function readIfThere(loader: Loader, name: string): string | undefined {
  try {
    return loadText(loader, name);
  } catch {
    return undefined;
  }
}

/** The origin of a file or folder that a kustomization names. */
export function appendOrigin(origin: Origin, path: string): Origin {
  return { ...origin, path: cleanJoin(origin.path ?? '', path) };
}

/** The origin of what a field of the kustomization made or changed. */
export function builtinOrigin({ origin, fileName }: Target, kind: string): Origin | undefined {
  if (origin === undefined) return undefined;
  return {
    configuredIn: cleanJoin(origin.path ?? '', fileName),
    configuredBy: { apiVersion: 'builtin', kind },
  };
}

function cleanJoin(base: string, path: string): string {
  const joined = posix.join(base, path);
  return joined.length > 1 ? joined.replace(/\/$/, '') : joined;
}
