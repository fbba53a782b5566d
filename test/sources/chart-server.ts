import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Credentials } from '@croft/repository/http/connection';
import { indexFolder, renderIndex } from '@croft/repository/index/write-index';
import { makeChartPackage } from '@croft/repository/testing/chart-package';
import { serveFolder } from '@croft/repository/testing/folder-server';
import type { TestServer } from '@croft/repository/testing/http-server';

export interface ChartServer extends TestServer {
  /** Puts a chart into the repository. */
  add(name: string, version: string): Promise<void>;
  /** Writes this text in the place of the index. */
  writeIndex(text: string): Promise<void>;
}

/** A chart repository of its own, with nothing in it. */
export async function startChartServer(root: string, user?: Credentials): Promise<ChartServer> {
  const folder = join(root, `charts-${crypto.randomUUID()}`);
  await mkdir(folder);
  const server = await serveFolder(folder, user);
  const writeIndex = (text: string) => writeFile(join(folder, 'index.yaml'), text);
  return {
    ...server,
    writeIndex,
    add: async (name, version) => {
      const { archive } = makeChartPackage(name, version);
      await writeFile(join(folder, `${name}-${version}.tgz`), archive);
      await writeIndex(renderIndex(await indexFolder(folder, server.url, 0), 'yaml', 0));
    },
  };
}
