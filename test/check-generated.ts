// Generated files must be what their generators give now.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Each generator, with the files it writes; `--check` makes it compare instead of write. */
const generators = ['words/api/generate/schemas.ts'];

let failed = 0;
for (const generator of generators) {
  if (!existsSync(join(root, generator))) throw new Error(`the generator ${generator} does not exist`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [generator, '--check'], {
    cwd: root,
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (status === 0) continue;
  failed += 1;
  console.error(`${generator}: its output is not up to date; run: node ${generator}\n${stdout}${stderr}`);
}
process.exitCode = failed === 0 ? 0 : 1;
