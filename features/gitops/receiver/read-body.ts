/** As much of a request's body as Flux's receivers take. */
const mostBytes = 3 * 1024 * 1024;

/** The whole body; undefined when it is too long. */
export async function readBody(request: Request): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * What a filter sees as `req`: the JSON of the body, or of its form field `payload` (GitHub's other content type); an
 * empty map for any other content. Throws SyntaxError.
 */
export function parsePayload(contentType: string, body: Buffer): unknown {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const text = body.toString('utf8');
  if (type === 'application/json' || type.endsWith('+json')) return JSON.parse(text) as unknown;
  const payload = type === 'application/x-www-form-urlencoded' ? new URLSearchParams(text).get('payload') : undefined;
  return payload ? (JSON.parse(payload) as unknown) : {};
}
