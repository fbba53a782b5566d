import { quoteString } from '@croft/gotemplate/fmt/quote';

const valid = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const MAX_LENGTH = 53;

/** Throws, in Helm's words, when no release can have this name. */
export function validateReleaseName(name: string, helmVersion: 3 | 4 = 3): void {
  if (name.length <= MAX_LENGTH && valid.test(name)) return;
  const context = helmVersion === 4 ? 'release name check failed: ' : '';
  const problem =
    name === ''
      ? 'no name provided'
      : `invalid release name, must match regex ${valid.source} and the length must not be longer than ${MAX_LENGTH}`;
  throw new Error(`${context}release name ${quoteString(name)}: ${problem}`);
}
