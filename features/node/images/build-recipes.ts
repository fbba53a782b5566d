import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import { run } from '@croft/foundation/process';
import { buildImage } from '../engine/build-image.ts';
import { fetchImage, findImage, tagImage } from '../engine/images.ts';
import type { Podman } from '../engine/start-podman.ts';
import { explainBuild } from './explain-build.ts';
import { findRecipe, parseRecipeReference, type Recipe } from './recipes.ts';

export interface ImageRecipesOptions {
  podman: Podman;
  /** The folder that holds a folder for each recipe; undefined while there is none. */
  recipesDir(): Promise<string | undefined>;
  /** Build logs are kept here. */
  logDir: string;
  /** For files of base images on their way. */
  scratchDir: string;
  log: Log;
}

/** Makes the image if it is one of a recipe: gives false for all others. Throws Error with the end of the build's output. */
export type EnsureImage = (
  reference: string,
  signal: AbortSignal,
  onProgress: (message: string) => void,
) => Promise<boolean>;

const pullTimeoutMs = 3 * 60_000;
const rootfsTimeoutMs = 15 * 60_000;

/** Builds images by recipe, each once, one at a time. */
export function createImageRecipes(options: ImageRecipesOptions): EnsureImage {
  const { podman, log } = options;
  const building = new Map<string, Promise<void>>();
  let turn: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => {}); // the one that asked hears of it
    return result;
  };

  return async (reference, signal, onProgress) => {
    const wanted = parseRecipeReference(reference);
    const dir = wanted && (await options.recipesDir());
    if (wanted === undefined || dir === undefined) return false;
    if ((await findRecipe(dir, wanted.name)) === undefined) return false;
    const running = building.get(reference) ?? inTurn(() => makeImage(reference, dir, signal, onProgress));
    building.set(reference, running);
    try {
      await running;
    } finally {
      building.delete(reference);
    }
    return true;
  };

  async function makeImage(
    reference: string,
    dir: string,
    signal: AbortSignal,
    onProgress: (message: string) => void,
    above: readonly string[] = [],
  ): Promise<void> {
    if ((await findImage(podman.engine, reference)) !== undefined) return;
    if (above.includes(reference))
      throw new Error(`image recipes begin from one another: ${[...above, reference].join(' -> ')}`);
    const wanted = parseRecipeReference(reference);
    const recipe = wanted && (await findRecipe(dir, wanted.name));
    if (wanted === undefined || recipe === undefined)
      throw new Error(`there is no recipe for the image ${reference}, which ${above.at(-1)} begins from`);
    for (const base of recipe.bases) await makeImage(base, dir, signal, onProgress, [...above, reference]);
    const tell = (message: string) => onProgress(`building ${wanted.name} ${wanted.tag}: ${message}`);
    log.info('building an image', { image: reference });
    if (recipe.form === 'rootfs') await makeBase(recipe, reference, signal, tell);
    else await makeFromContainerfile(recipe, reference, signal, tell);
  }

  async function makeFromContainerfile(
    recipe: Recipe,
    reference: string,
    signal: AbortSignal,
    tell: (message: string) => void,
  ): Promise<void> {
    const logPath = join(options.logDir, `${recipe.name}.log`);
    const certificates = hostCertificates();
    try {
      await buildImage({
        folder: recipe.folder,
        name: reference,
        environment: podman.environment,
        logPath,
        signal,
        ...certificates,
        onProgress: (line) => {
          const step = /^(?:\[\d+\/\d+\] )?(STEP \d+\/\d+)/.exec(line);
          if (step !== null) tell((step[1] ?? '').toLowerCase());
        },
      });
    } catch (error) {
      throw new Error(`the image ${reference} could not be built: ${explainBuild(error)}; whole output: ${logPath}`, {
        cause: error,
      });
    }
  }

  async function makeBase(
    recipe: Recipe,
    reference: string,
    signal: AbortSignal,
    tell: (message: string) => void,
  ): Promise<void> {
    if (recipe.registryImage !== undefined) {
      tell(`fetching ${recipe.registryImage}`);
      try {
        await fetchImage(podman.engine, recipe.registryImage, { signal, timeoutMs: pullTimeoutMs });
        return await tagImage(podman.engine, recipe.registryImage, reference);
      } catch (error) {
        log.info('no registry is reachable; the base image is made here', {
          image: recipe.registryImage,
          error: errorMessage(error),
        });
      }
    }
    tell('gathering its files');
    await mkdir(options.scratchDir, { recursive: true });
    const scratch = await mkdtemp(join(options.scratchDir, 'rootfs-'));
    try {
      const tarball = join(scratch, 'rootfs.tar');
      await run(join(recipe.folder, 'rootfs.sh'), [tarball], {
        timeoutMs: rootfsTimeoutMs,
        env: { ...process.env, TMPDIR: scratch },
        signal,
      });
      await run('podman', ['import', '--quiet', tarball, reference], {
        timeoutMs: rootfsTimeoutMs,
        env: podman.environment,
        signal,
      });
    } catch (error) {
      throw new Error(`the image ${reference} could not be made: ${errorMessage(error).slice(-1500)}`, {
        cause: error,
      });
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
}

/** A certificate authority that this machine's network needs reaches builds as a mount and a build argument: it does not stay in the image. */
function hostCertificates(): { volumes?: string[]; buildArguments?: Record<string, string> } {
  const bundle = process.env.NODE_EXTRA_CA_CERTS;
  if (bundle === undefined || bundle === '') return {};
  const inside = '/run/host-certificates.crt';
  return { volumes: [`${bundle}:${inside}:ro`], buildArguments: { NODE_EXTRA_CA_CERTS: inside } };
}
