import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '@croft/foundation/errors';
import { exists } from '@croft/foundation/files';

/** A way to make an image on this machine: a folder of the prescriptions. */
export interface Recipe {
  name: string;
  folder: string;
  /** With a `Containerfile`, or from files that the script `rootfs.sh` gathers. */
  form: 'containerfile' | 'rootfs';
  /** For a rootfs: an image of a registry that is taken instead where it can be reached. */
  registryImage?: string;
  /** Images of other recipes that the Containerfile begins from. */
  bases: string[];
}

const prefix = 'localhost/croft/';

/** The recipe's name and the tag in `localhost/croft/NAME:TAG`; undefined for any other image. */
export function parseRecipeReference(reference: string): { name: string; tag: string } | undefined {
  const match = /^localhost\/croft\/([a-z0-9][a-z0-9._-]*):([\w][\w.-]{0,127})$/.exec(reference);
  return match === null ? undefined : { name: match[1] ?? '', tag: match[2] ?? '' };
}

/** The recipe in a folder, or undefined when there is none. */
export async function findRecipe(recipesDir: string, name: string): Promise<Recipe | undefined> {
  const folder = join(recipesDir, name);
  const containerfile = await readText(join(folder, 'Containerfile'));
  if (containerfile !== undefined) return { name, folder, form: 'containerfile', bases: parseBases(containerfile) };
  if (!(await exists(join(folder, 'rootfs.sh')))) return undefined;
  const registryImage = (await readText(join(folder, 'registry-image')))?.trim();
  return { name, folder, form: 'rootfs', bases: [], ...(registryImage ? { registryImage } : {}) };
}

/** The images in FROM lines that recipes make. */
export function parseBases(containerfile: string): string[] {
  const images = [...containerfile.matchAll(/^\s*FROM\s+(?:--\S+\s+)*(\S+)/gim)].map(([, image = '']) => image);
  return [...new Set(images.filter((image) => image.startsWith(prefix)))];
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
