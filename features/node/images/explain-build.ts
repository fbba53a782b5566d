import { errorMessage } from '@croft/foundation/errors';
import { mayPass } from '@croft/foundation/passing-trouble';
import { ProcessError } from '@croft/foundation/process';

const mostWords = 600;
/** A command in quotes or brackets longer than this is cut: the Containerfile has the whole. */
const longCommand = /(?<=STEP "|creating container for \[)([^"\]]{60})[^"\]]{20,}(?=["\]])/g;

/** What ended the build, then the last words before it: who reads one line alone reads the cause. */
export function explainBuild(error: unknown): string {
  if (!(error instanceof ProcessError)) return errorMessage(error);
  const lines = error.stderr.replace(longCommand, '$1 ...').trim().split('\n');
  const end = lines.findLastIndex((line) => line.startsWith('Error: '));
  if (end < 0) return errorMessage(error).slice(-mostWords);
  const inOneLine = (text: readonly string[]) => text.filter((line) => line.trim() !== '').join(' | ');
  const cause = inOneLine(lines.slice(end)).slice('Error: '.length);
  const before = inOneLine(lines.slice(0, end)).slice(-mostWords);
  const network = mayPass(before) ? undefined : lines.slice(0, end).find(mayPass); // it may stand far above its consequences
  const told = [network, before].filter((text) => text !== undefined && text !== '').join(' | ... | ');
  return told === '' ? cause : `${cause}; before that: ${told}`;
}
