import { badRequest } from './failures.ts';

/** Where a list goes on: behind which key, as the store was at which revision (-1: as it is now). */
export interface Continuation {
  readonly revision: number;
  /** Relative to the collection's prefix. */
  readonly after: string;
}

export function renderContinueToken({ revision, after }: Continuation): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `${after}\u0000` })).toString(
    'base64url',
  );
}

/** Throws 400. */
export function parseContinueToken(token: string): Continuation {
  const refuse = (why: string) => badRequest(`invalid continue token: continue key is not valid: ${why}`);
  const bad = /[^A-Za-z0-9_-]/.exec(token);
  if (bad !== null || token.length % 4 === 1) {
    throw refuse(`illegal base64 data at input byte ${bad?.index ?? token.length - 1}`);
  }
  try {
    const { rv, start, v } = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Record<string, unknown>;
    if (v !== 'meta.k8s.io/v1' || typeof rv !== 'number' || typeof start !== 'string') throw refuse('unknown version');
    return { revision: rv, after: start.replace(/\u0000$/, '') };
  } catch (error) {
    throw error instanceof SyntaxError ? refuse('it is not JSON') : error;
  }
}
