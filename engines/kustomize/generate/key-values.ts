import { isUtf8 } from 'node:buffer';
import { basename } from 'node:path';
import { errorMessage } from '@croft/foundation/errors';
import type { GeneratorArgs } from '../kustomization/kustomization.ts';
import { type Loader, loadFile } from '../source/loader.ts';

/** Reads all that a ConfigMap or Secret is made of. Throws when a source is missing, malformed, or gives a key again. */
export function readKeyValues(args: GeneratorArgs, loader: Loader): Map<string, Uint8Array> {
  const { envs = [], literals = [], files = [] } = args;
  const pairs = [
    ...within(`env source files: [${envs.join(' ')}]`, () => envs.flatMap((path) => readEnvFile(path, loader))),
    ...within(`literal sources [${literals.join(' ')}]`, () => literals.map(parseLiteral)),
    ...within(`file sources: [${files.join(' ')}]`, () => files.map((source) => readFileSource(source, loader))),
  ];
  const result = new Map<string, Uint8Array>();
  for (const [key, value] of pairs) {
    if (result.has(key)) throw new Error(`configmap ${args.name ?? ''} illegally repeats the key \`${key}\``);
    result.set(key, value);
  }
  return result;
}

type Pair = readonly [key: string, value: Uint8Array];

function within<T>(place: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new Error(`loading KV pairs: ${place}: ${errorMessage(error)}`);
  }
}

/** `key=value`; quotes around the value go. */
function parseLiteral(source: string): Pair {
  const at = source.indexOf('=');
  if (at <= 0) throw new Error(`invalid literal source ${source}, expected key=value`);
  const value = source.slice(at + 1);
  const [first] = value;
  const quoted = value.length >= 2 && first === value.at(-1) && (first === '"' || first === "'");
  return [source.slice(0, at), Buffer.from(quoted ? value.slice(1, -1) : value)];
}

/** `path`, or `key=path`. */
function readFileSource(source: string, loader: Loader): Pair {
  const [key = '', path, ...rest] = source.split('=');
  if (path === undefined) return [basename(source), loadFile(loader, source)];
  if (rest.length > 0) throw new Error(`source ${JSON.stringify(source)} key name or file path contains '='`);
  const shown = JSON.stringify(source);
  if (key === '') throw new Error(`missing key name for file path ${JSON.stringify(path)} in source ${shown}`);
  if (path === '') throw new Error(`missing file path for key name ${JSON.stringify(key)} in source ${shown}`);
  return [key, loadFile(loader, path)];
}

/** Lines of `key=value`; blank lines and comments count for nothing, a key alone has an empty value. */
function readEnvFile(path: string, loader: Loader): Pair[] {
  const content = Buffer.from(loadFile(loader, path));
  if (!isUtf8(content)) throw new Error(`file ${path} has invalid utf8 bytes`);
  const lines = content
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split('\n');
  return lines.flatMap((line) => {
    const text = line.replace(/\r$/, '').trimStart();
    if (text === '' || text.startsWith('#')) return [];
    const at = text.indexOf('=');
    return [at < 0 ? [text, Buffer.alloc(0)] : [text.slice(0, at), Buffer.from(text.slice(at + 1))]];
  });
}
