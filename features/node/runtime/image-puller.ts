import type { Container } from '@croft/api/types';
import { type BackoffOptions, backoffMs } from '@croft/foundation/backoff';
import type { Clock } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import type { Connection } from '../engine/connection.ts';
import { fetchImage, findImage, type ImageInspect } from '../engine/images.ts';
import { findImageNameProblem, normalizeImage, pullPolicyOf } from '../pod/image-reference.ts';

/**
 * Asked for a missing image before any registry is: true when the image is there now, false when it is not one that
 * Croft can make. Throws when making it failed.
 */
export type EnsureImage = (
  reference: string,
  signal: AbortSignal,
  onProgress: (line: string) => void,
) => Promise<boolean>;

export type ImageState =
  | { state: 'present'; image: ImageInspect; message: string }
  | { state: 'pulling'; message: string }
  | { state: 'failed'; reason: string; message: string; retryInMs: number };

export interface PullRequest {
  container: Container;
  /** The Pod that asks: what failed for another one is tried again for it at once. */
  podUid: string;
  /** Changes with each new container: what must be pulled always is pulled once for each. */
  occasion: string;
  findCredentials(image: string): Promise<{ username: string; password: string } | undefined>;
  /** Told when there is something new to ask for. */
  changed(): void;
}

export interface ImagePuller extends AsyncDisposable {
  /** Gives the image, or begins to fetch it in the background. */
  request(request: PullRequest): Promise<ImageState>;
  /** The name with digest of an image, by its id. */
  describe(imageId: string): Promise<string>;
}

export interface ImagePullerOptions {
  engine: Connection;
  ensureImage: EnsureImage | undefined;
  clock: Clock;
  log: Log;
}

interface Pull {
  state: 'pulling' | 'done' | 'failed';
  waiting: Set<() => void>;
  /** The Pods that have waited for a try. */
  askers: Set<string>;
  failures: number;
  message: string;
  /** When those who wait were last told how it goes. */
  toldAtMs: number;
  /** The Pods that have shown the failure once: from then on the reason is ImagePullBackOff. */
  shown: Set<string>;
  retryAtMs: number;
}

/** Progress is told at most so often. */
const betweenTellsMs = 1_000;

const retry: BackoffOptions = { firstMs: 10_000, maxMs: 300_000 };

export function createImagePuller({ engine, ensureImage, clock, log }: ImagePullerOptions): ImagePuller {
  const pulls = new Map<string, Pull>();
  const names = new Map<string, string>();
  const running = new Set<Promise<void>>();
  const stop = new AbortController();

  async function pull(reference: string, entry: Pull, request: PullRequest): Promise<void> {
    const startedAtMs = clock.now();
    try {
      const onProgress = (line: string) => tellProgress(reference, entry, line);
      const made = (await ensureImage?.(reference, stop.signal, onProgress)) ?? false;
      if (!made) await fetchFromRegistry(reference, request, onProgress);
      const seconds = ((clock.now() - startedAtMs) / 1000).toFixed(3);
      Object.assign(entry, { state: 'done', failures: 0, message: `${seconds}s` });
    } catch (error) {
      if (stop.signal.aborted) return;
      const failures = entry.failures + 1;
      const retryAtMs = clock.now() + backoffMs(failures, retry);
      Object.assign(entry, { state: 'failed', failures, message: errorMessage(error), shown: new Set(), retryAtMs });
    }
    const waiting = [...entry.waiting];
    entry.waiting.clear();
    for (const changed of waiting) changed();
  }

  function tellProgress(image: string, entry: Pull, progress: string): void {
    log.debug('image', { image, progress });
    entry.message = progress;
    if (clock.now() - entry.toldAtMs < betweenTellsMs) return;
    entry.toldAtMs = clock.now();
    for (const changed of entry.waiting) changed();
  }

  async function fetchFromRegistry(reference: string, request: PullRequest, onProgress: (line: string) => void) {
    if (reference.startsWith('localhost/')) {
      throw new Error(`image ${reference} is not on this machine, and no recipe for it is known`);
    }
    const credentials = await request.findCredentials(reference);
    await fetchImage(engine, reference, {
      onProgress,
      signal: stop.signal,
      ...(credentials === undefined ? {} : { credentials }),
    });
  }

  function begin(key: string, reference: string, known: Pull | undefined, request: PullRequest): ImageState {
    const waiting = new Set([request.changed]);
    const askers = new Set([...(known?.askers ?? []), request.podUid]);
    const entry: Pull = { ...(known ?? fresh()), state: 'pulling', message: '', waiting, askers };
    pulls.set(key, entry);
    const work = pull(reference, entry, request);
    running.add(work);
    void work.finally(() => running.delete(work));
    return { state: 'pulling', message: '' };
  }

  return {
    request: async (request) => {
      const problem = findImageNameProblem(request.container.image ?? '');
      if (problem !== undefined)
        return { state: 'failed', reason: 'InvalidImageName', message: problem, retryInMs: retry.maxMs };
      const reference = normalizeImage(request.container.image ?? '');
      const policy = pullPolicyOf(request.container);
      const key = policy === 'Always' ? `${reference} ${request.occasion}` : reference;
      const known = pulls.get(key);
      const image = await findImage(engine, reference);
      if (image !== undefined && (policy !== 'Always' || known?.state === 'done')) {
        const message = describePresent(request.container.image ?? '', image, known);
        pulls.delete(key);
        return { state: 'present', image, message };
      }
      if (policy === 'Never') {
        const message = `Container image "${request.container.image}" is not present with pull policy of Never`;
        return { state: 'failed', reason: 'ErrImageNeverPull', message, retryInMs: retry.maxMs };
      }
      if (known?.state === 'pulling') {
        known.waiting.add(request.changed);
        known.askers.add(request.podUid);
        return { state: 'pulling', message: known.message };
      }
      if (known?.state === 'failed' && known.retryAtMs > clock.now() && known.askers.has(request.podUid))
        return showFailure(known, request, clock.now());
      return begin(key, reference, known, request);
    },
    describe: async (imageId) => {
      const known = names.get(imageId);
      if (known !== undefined) return known;
      const image = await findImage(engine, imageId);
      const name = image?.RepoDigests?.[0] ?? imageId;
      names.set(imageId, name);
      return name;
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('the node was stopped'));
      await Promise.all(running);
    },
  };
}

/** In the kubelet's words. */
function describePresent(name: string, { Size }: ImageInspect, known: Pull | undefined): string {
  if (known?.state !== 'done') return `Container image "${name}" already present on machine`;
  const { message: time } = known;
  return `Successfully pulled image "${name}" in ${time} (${time} including waiting). Image size: ${Size} bytes.`;
}

function fresh(): Pull {
  const none = { waiting: new Set<() => void>(), askers: new Set<string>(), failures: 0, message: '' };
  return { state: 'pulling', ...none, toldAtMs: 0, shown: new Set(), retryAtMs: 0 };
}

function showFailure(pull: Pull, { container, podUid }: PullRequest, nowMs: number): ImageState {
  const retryInMs = pull.retryAtMs - nowMs;
  if (!pull.shown.has(podUid)) {
    pull.shown.add(podUid);
    return { state: 'failed', reason: 'ErrImagePull', message: pull.message, retryInMs: Math.min(1_000, retryInMs) };
  }
  const message = `Back-off pulling image "${container.image}": ErrImagePull: ${pull.message}`;
  return { state: 'failed', reason: 'ImagePullBackOff', message, retryInMs };
}
