import { readFile } from 'node:fs/promises';
import { type Fields, FLAG, listOf, readYamlStruct, TEXT } from '@croft/encoding/yaml/typed';
import { writeYaml } from '@croft/encoding/yaml/write';
import { errorMessage, hasErrorCode } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';

/** A repository that the user has added. */
export interface RepositoryEntry {
  name: string;
  url: string;
  username: string;
  password: string;
  /** Paths of PEM files; '' for none. */
  certFile: string;
  keyFile: string;
  caFile: string;
  insecure: boolean;
  passCredentials: boolean;
}

/** repositories.yaml */
export interface RepositoriesFile {
  apiVersion: string;
  generated: string;
  repositories: RepositoryEntry[];
}

const texts = ['name', 'url', 'username', 'password', 'certFile', 'keyFile', 'caFile'] as const;
const entryShape = {
  kind: 'struct',
  goType: 'repo.Entry',
  fields: {
    ...Object.fromEntries(texts.map((key) => [key, TEXT])),
    insecure_skip_tls_verify: FLAG,
    pass_credentials_all: FLAG,
  },
} as const;
const fileShape = {
  kind: 'struct',
  goType: 'repo.File',
  fields: { apiVersion: TEXT, generated: TEXT, repositories: listOf(entryShape, '[]*repo.Entry') },
} as const;

/** A repository of this URL of which nothing else is known. */
export function plainRepository(name: string, url: string): RepositoryEntry {
  const entry = { username: '', password: '', certFile: '', keyFile: '', caFile: '' };
  return { name, url, ...entry, insecure: false, passCredentials: false };
}

/** Reads repositories.yaml; undefined when there is none. Throws with the file's path. */
export async function readRepositories(path: string): Promise<RepositoriesFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    const fields = readYamlStruct(text, fileShape);
    const list = fields.get('repositories');
    const items = Array.isArray(list) ? list : [];
    return {
      apiVersion: textOf(fields, 'apiVersion'),
      generated: textOf(fields, 'generated') || '0001-01-01T00:00:00Z',
      repositories: items.flatMap((item) => (item instanceof Map ? [entryOf(item)] : [])),
    };
  } catch (error) {
    throw new Error(`couldn't load repositories file (${path}): ${errorMessage(error)}`, { cause: error });
  }
}

function textOf(fields: Fields, key: string): string {
  const value = fields.get(key);
  return typeof value === 'string' ? value : '';
}

function entryOf(fields: Fields): RepositoryEntry {
  const text = (key: string) => textOf(fields, key);
  return {
    name: text('name'),
    url: text('url'),
    username: text('username'),
    password: text('password'),
    certFile: text('certFile'),
    keyFile: text('keyFile'),
    caFile: text('caFile'),
    insecure: fields.get('insecure_skip_tls_verify') === true,
    passCredentials: fields.get('pass_credentials_all') === true,
  };
}

/** Writes repositories.yaml as Helm does; mode 0600, since it may hold passwords. */
export async function writeRepositories(path: string, file: RepositoriesFile): Promise<void> {
  const repositories = file.repositories.map(
    (entry) =>
      new Map<string, string | boolean>([
        ...texts.map((key) => [key, entry[key]] as const),
        ['insecure_skip_tls_verify', entry.insecure],
        ['pass_credentials_all', entry.passCredentials],
      ]),
  );
  const { apiVersion, generated } = file;
  await writeFileAtomic(
    path,
    writeYaml(
      new Map<string, string | typeof repositories>([
        ['apiVersion', apiVersion],
        ['generated', generated],
        ['repositories', repositories],
      ]),
    ),
  );
}
