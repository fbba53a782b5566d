/** Where a base of a kustomization lies on another machine, as kustomize 5.8 reads its address. */
export interface BaseAddress {
  /** For git; without `..` and the like, so that it is allowed or refused as what it leads to. */
  readonly url: string;
  /** A branch, a tag or a commit; what the repository names as its head when left out. */
  readonly ref?: string;
  /** The folder in it; empty for its root. */
  readonly path: string;
  /** Whether the address can only mean a repository: otherwise it may be that of a file. */
  readonly isExplicit: boolean;
}

/** Throws when the address names no repository, or a folder outside of it. */
export function parseBaseAddress(address: string): BaseAddress {
  const [place = '', query = ''] = address.replace(/^git::/, '').split('?', 2);
  const parameters = new URLSearchParams(query);
  const ref = parameters.get('ref') ?? parameters.get('version') ?? '';
  const { origin, rest } = splitOrigin(place);
  const { repository, path, isMarked } = splitRepository(origin, rest);
  if (repository === '') throw new Error('the address names no repository');
  if (path.startsWith('/') || path.split('/').includes('..'))
    throw new Error('the folder is outside of the repository');
  const isExplicit = isMarked || ref !== '' || !/^https?:/.test(address);
  return { url: new URL(`${origin}${repository}`).href, path, isExplicit, ...(ref === '' ? {} : { ref }) };
}

/** The part before the path, in the form of a URL: `https://host/`, `ssh://git@host/`. */
function splitOrigin(place: string): { origin: string; rest: string } {
  const short = /^(?:gh:|github\.com[:/])/i.exec(place);
  if (short !== null) return { origin: 'https://github.com/', rest: place.slice(short[0].length) };
  const scp = /^([\w-]+@[^/:]+):(?!\/\/)/.exec(place);
  if (scp !== null) return { origin: `ssh://${scp[1]}/`, rest: place.slice(scp[0].length) };
  const url = /^(?:https?|ssh):\/\/[^/]+\//i.exec(place);
  if (url === null) throw new Error('the address is none of https, http and ssh');
  return { origin: url[0], rest: place.slice(url[0].length) };
}

function splitRepository(origin: string, rest: string): { repository: string; path: string; isMarked: boolean } {
  const marked = /^(.*?\/?_git\/[^/]+|.*?\.git)(?:\/+(.*))?$/.exec(rest) ?? /^(.+?)\/\/(.*)$/.exec(rest);
  if (marked !== null) return { repository: marked[1] ?? '', path: trimEnd(marked[2] ?? ''), isMarked: true };
  const [owner = '', name = '', ...folders] = rest.split('/');
  const repository = origin === '' || name === '' ? owner : `${owner}/${name}`;
  return { repository, path: trimEnd(folders.join('/')), isMarked: false };
}

function trimEnd(path: string): string {
  return path.replace(/\/+$/, '');
}
