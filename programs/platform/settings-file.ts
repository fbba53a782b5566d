import { readFile } from 'node:fs/promises';
import { parseSettings, type Settings } from '@croft/apps/settings';
import { hasErrorCode } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import { type Document, isCollection, isSeq, parseDocument } from 'yaml';

const firstText = (
  domain: string,
  applications: readonly string[],
) => `# The settings of this Croft instance. A change is noticed at once.
domain: ${domain}
# The applications that run here; "croft apps list" shows which there are.
enabled_applications: [${applications.join(', ')}]
`;

/** What `settings.yaml` says at first. */
export interface FirstSettings {
  domain: string;
  applications: readonly string[];
}

const noSettings: FirstSettings = { domain: 'croft.localhost', applications: [] };

/** The settings as the file has them now. Throws UserError when it is broken. */
export async function readSettingsFile(path: string): Promise<Settings> {
  return parseSettings(await readFile(path, 'utf8'), path);
}

/**
 * Writes the file the first time, and what `edit` changes in it, keeping comments. Gives whether it changed. Throws
 * UserError, and leaves the file alone, when it is broken or would be.
 */
export async function editSettings(
  path: string,
  edit: (document: Document) => unknown,
  first: FirstSettings = noSettings,
): Promise<boolean> {
  for (;;) {
    const before = await readText(path);
    if (before !== undefined) parseSettings(before, path);
    const document = parseDocument(before ?? firstText(first.domain, first.applications));
    edit(document);
    const after = document.toString({ flowCollectionPadding: false });
    parseSettings(after, path);
    if (after === before) return false;
    if ((await readText(path)) !== before) continue; // somebody else was faster: their change stays
    await writeFileAtomic(path, after);
    return true;
  }
}

/** Puts an application onto the list of those that run, or takes it off. */
export function setEnabled(document: Document, name: string, enabled: boolean): void {
  const list = document.get('enabled_applications');
  const names = isSeq(list) ? (list.toJSON() as string[]) : [];
  if (names.includes(name) === enabled) return;
  const next = enabled ? [...names, name] : names.filter((item) => item !== name);
  document.set('enabled_applications', document.createNode(next, { flow: true }));
}

/** Sets what a path such as `['applications', 'web', 'values']` holds; undefined takes it out, with what it leaves empty. */
export function setIn(document: Document, path: readonly string[], value: unknown): void {
  if (value !== undefined) return document.setIn(path, document.createNode(value));
  if (!document.hasIn(path)) return;
  document.deleteIn(path);
  const above = path.slice(0, -1);
  const left: unknown = above.length === 0 ? undefined : document.getIn(above);
  if (left === null || (isCollection(left) && left.items.length === 0)) setIn(document, above, undefined);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
