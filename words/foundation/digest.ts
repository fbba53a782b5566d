import { createHash } from 'node:crypto';

/** `sha256:` and 64 hexadecimal digits, as OCI and Flux write digests. */
export function sha256Digest(data: string | Uint8Array): string {
  return `sha256:${sha256Hex(data)}`;
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
