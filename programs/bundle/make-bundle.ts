/**
 * Makes Croft into a few files that start sooner and take less memory than its sources: `make-bundle.ts FOLDER`, called
 * by the launcher when a source is newer than `FOLDER/current`. That is a link to the newest of the bundles in the
 * folder; older ones stay for the processes that run from them, as they load parts of it late.
 */
import { mkdir, readdir, readFile, rename, rm, symlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const kept = 3;
const root = join(import.meta.dirname, '..', '..');

/** Sources find files beside them as they do unbundled. */
const keepPlaces: Plugin = {
  name: 'keep-places',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes('import.meta.')) return undefined;
      const contents = text
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href));
      return { contents, loader: 'ts' };
    });
  },
};

/**
 * Libraries of the older module system ask for Node's own modules by `require`, and for others that need not be there.
 * `createRequire` of every file would take longer than to load them.
 */
const requireBuiltin = `const require = (name) => {
  const found = process.getBuiltinModule(name);
  if (found === undefined) throw new Error(\`Cannot find module '\${name}'\`);
  return found;
};`;

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  legalComments: 'none',
  logLevel: 'error',
  plugins: [keepPlaces],
};

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: make-bundle.ts FOLDER');
await makeBundle(folder);

async function makeBundle(folder: string): Promise<void> {
  const begun = new Date();
  const name = `bundle-${begun.toISOString().replace(/\W/g, '')}`;
  const output = join(folder, name);
  await mkdir(folder, { recursive: true });
  await build({
    ...common,
    entryPoints: [join(root, 'programs', 'cli', 'main.ts')],
    outdir: output,
    outExtension: { '.js': '.mjs' },
    splitting: true,
    format: 'esm',
    banner: { js: requireBuiltin },
  });
  // One file of the older module system is loaded soonest.
  await build({
    ...common,
    entryPoints: [join(root, 'programs', 'cli', 'helm-main.ts')],
    outfile: join(output, 'helm.cjs'),
    minifyWhitespace: true,
    format: 'cjs',
  });
  // A source changed while the bundle was made is newer than it.
  await utimes(join(output, 'main.mjs'), begun, begun);
  const link = join(folder, `${name}.link`);
  await symlink(name, link);
  await rename(link, join(folder, 'current'));
  const bundles = (await readdir(folder)).filter((entry) => entry.startsWith('bundle-')).sort();
  for (const old of bundles.slice(0, -kept)) await rm(join(folder, old), { recursive: true, force: true });
}
