const words = [
  'pinging container registry',
  'timed out',
  '(?:i/o|handshake|network|socket) timeout',
  'deadline exceeded',
  'temporary failure',
  'try again',
  'connection (?:refused|reset|closed)',
  'no route to host',
  'network is unreachable',
  'no such host',
  '(?:could not|unable to) resolve',
  '(?:unable|failed) to connect',
  'cannot connect',
  'could not connect',
  'failed to fetch',
  'max retries exceeded',
  'hash sum mismatch',
  'too ?many ?requests',
  'rate limit',
  'service unavailable',
  'bad gateway',
  'gateway time-?out',
  'internal server error',
  'http status: 5\\d\\d',
  'returned error: 5\\d\\d',
  'unexpected eof',
  ': eof$',
  'eai_again',
  'enotfound',
  'econnre',
  'etimedout',
  'no space left',
  'exit status 1(?:37|43)', // killed
  'signal: ',
];
const passing = new RegExp(words.join('|'), 'im');

/**
 * Whether a program's error text tells of what may pass by itself: a network or a registry that is away, a disk that is full, a
 * process that was killed. In the words of Podman, containerd, apt, curl, git, npm and pip.
 */
export function mayPass(text: string): boolean {
  return passing.test(text);
}
