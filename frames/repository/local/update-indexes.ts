import { errorMessage } from '@croft/foundation/errors';
import { updateIndex } from './cached-index.ts';
import type { LocalContext } from './context.ts';
import type { RepositoryEntry } from './repositories-file.ts';

/** Updates the indexes of repositories side by side, tells each outcome as helm does, and gives the URLs of those that failed. */
export async function updateIndexes(
  entries: readonly RepositoryEntry[],
  tell: (line: string) => void,
  context: LocalContext,
): Promise<string[]> {
  const failed = await Promise.all(
    entries.map(async (entry) => {
      const { name, url } = entry;
      // A repository that nobody has named is shown by its URL.
      const shown = name.startsWith(UNNAMED) ? `"${url}" chart repository` : `"${name}" chart repository`;
      try {
        await updateIndex(entry, context);
        tell(`...Successfully got an update from the ${shown}`);
        return [];
      } catch (error) {
        const place = name.startsWith(UNNAMED) ? shown : `${shown} (${url})`;
        tell(`...Unable to get an update from the ${place}:\n\t${errorMessage(error)}`);
        return [url];
      }
    }),
  );
  return failed.flat();
}

/** Begins the names under which Helm caches indexes of repositories that were not added. */
export const UNNAMED = 'helm-manager-';
