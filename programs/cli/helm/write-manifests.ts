import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exists } from '@croft/foundation/files';
import { decodeBytes, encodeString } from '@croft/gotemplate/bytes';
import type { RenderedChart, TemplateOutput } from '@croft/helm/render/render-chart';

/** Writes each template's manifests to a file of its name below the folder, as `helm template --output-dir`; gives the names. */
export async function* writeManifests(
  rendered: RenderedChart,
  folder: string,
  { includeCrds = false, noHooks = false, skipTests = false }: TemplateOutput,
): AsyncGenerator<string> {
  const written = new Set<string>();
  const crds = includeCrds ? rendered.crds.map(({ name, data }) => ({ path: name, content: decodeBytes(data) })) : [];
  for (const { path, content } of [...crds, ...rendered.manifests]) {
    await writeManifest(join(folder, path), path, content, written.has(path));
    written.add(path);
    yield path;
  }
  if (noHooks) return;
  for (const { path, content, events } of rendered.hooks) {
    if (skipTests && events.includes('test')) continue;
    const file = join(folder, path);
    await writeManifest(file, path, content, await exists(file));
    yield path;
  }
}

async function writeManifest(file: string, path: string, content: string, append: boolean): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const data = encodeString(`---\n# Source: ${path}\n${content}\n`);
  await (append ? appendFile(file, data) : writeFile(file, data));
}
