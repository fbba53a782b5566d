import { readBody, requireStatus } from './body.ts';
import type { Connection } from './connection.ts';
import { sendRequest } from './request.ts';

/** What a URL names, whole. Throws FetchError. */
export async function fetchFile(url: string, maxBytes: number, connection: Connection = {}): Promise<Buffer> {
  const response = await sendRequest({ url }, connection);
  requireStatus(response, 200);
  return await readBody(response, maxBytes);
}
