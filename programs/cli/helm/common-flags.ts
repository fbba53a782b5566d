import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { ValueSources } from '@croft/helm/values/read-values';
import type { Flags, ParsedFlags } from './flags.ts';

/** Flags that every command of helm takes. */
export const globalFlags: Flags = {
  namespace: { type: 'text', short: 'n', value: 'NAME', help: 'namespace scope for this request' },
  'repository-config': { type: 'text', value: 'FILE', help: 'file with the names and URLs of repositories' },
  'repository-cache': { type: 'text', value: 'DIR', help: 'folder with the cached indexes of repositories' },
  'registry-config': { type: 'text', value: 'FILE', help: 'file with the credentials of registries' },
  kubeconfig: { type: 'text', value: 'FILE', help: 'kubeconfig file of the cluster; the local Croft when left out' },
  'kube-context': { type: 'text', value: 'NAME', help: 'context of the kubeconfig file' },
  debug: { type: 'bool', help: 'show what cannot be read as YAML, too' },
};

export const valueFlags: Flags = {
  values: { type: 'slice', short: 'f', value: 'FILE', help: 'values from a YAML file or URL, or - for standard input' },
  set: { type: 'list', value: 'K=V', help: 'values, with commas between: key1=val1,key2=val2' },
  'set-string': { type: 'list', value: 'K=V', help: 'values that are text whatever they look like' },
  'set-file': { type: 'list', value: 'K=FILE', help: 'values from files' },
  'set-json': { type: 'list', value: 'K=JSON', help: 'values in JSON' },
  'set-literal': { type: 'list', value: 'K=V', help: 'one value that is taken as it stands' },
};

export function valueSources(flags: ParsedFlags): ValueSources {
  return {
    files: flags.list('values'),
    setJson: flags.list('set-json'),
    set: flags.list('set'),
    setString: flags.list('set-string'),
    setFile: flags.list('set-file'),
    setLiteral: flags.list('set-literal'),
  };
}

const largestValues = 64 * 1024 * 1024;

/** Reads what values come from: paths below the folder, URLs, or `-` for standard input. */
export function fileReader(folder: string): (path: string) => Promise<Uint8Array> {
  return async (path) => {
    if (path.trim() === '-') return await (await import('node:stream/consumers')).buffer(process.stdin);
    if (/^https?:\/\//.test(path)) {
      const { fetchFile } = await import('@croft/repository/http/fetch-file');
      return await fetchFile(path.trim(), largestValues);
    }
    return readFileSync(atFolder(folder, path));
  };
}

export function atFolder(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

/** The namespace from the flag or from HELM_NAMESPACE. */
export function readNamespace(flags: ParsedFlags, env: NodeJS.ProcessEnv): string {
  return flags.text('namespace') || env.HELM_NAMESPACE || 'default';
}
