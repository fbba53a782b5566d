import type { Kind } from '@croft/api/kind';
import { customResourceDefinitions } from '@croft/api/kinds';
import type { Client } from '@croft/client/client';
import type { ControllerContext } from '@croft/controller/controller';

/** What discovery says, for the pages that every release reads. */
const pages = new Set(['/version', '/api', '/apis']);
/** For what changes without a definition, such as the version of the server. */
const longestMs = 60_000;

/**
 * The client with what the API says of itself kept until a CustomResourceDefinition changes: each release and each
 * Kustomization asks for it. A kind that is not there is asked for each time.
 */
export function withDiscoveryCache({ client, informers, clock }: ControllerContext): Client & Disposable {
  let kept = new Map<string, Promise<unknown>>();
  let since = clock.now();
  const forget = () => {
    kept = new Map();
    since = clock.now();
  };
  const subscription = informers.of(customResourceDefinitions).onChange(forget);
  const remember = <T>(id: string, ask: () => Promise<T>, isLasting: (answer: T) => boolean): Promise<T> => {
    if (clock.now() - since > longestMs) forget();
    const place = kept;
    const known = place.get(id) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const asked = ask();
    place.set(id, asked);
    const drop = () => place.delete(id);
    asked.then((answer) => isLasting(answer) || drop(), drop);
    return asked;
  };
  return {
    ...client,
    getPath: <T>(path: string, accept?: string) =>
      pages.has(path)
        ? remember(
            `${path} ${accept}`,
            () => client.getPath<T>(path, accept),
            () => true,
          )
        : client.getPath<T>(path, accept),
    findKind: (apiVersion: string, name: string) =>
      remember<Kind | undefined>(
        `${apiVersion} ${name}`,
        () => client.findKind(apiVersion, name),
        (kind) => kind !== undefined,
      ),
    [Symbol.dispose]: () => subscription[Symbol.dispose](),
  };
}
