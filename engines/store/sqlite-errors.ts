import { errorMessage, UserError } from '@croft/foundation/errors';
import { StoreFullError } from './contract.ts';

/** Primary result codes of https://www.sqlite.org/rescode.html. */
const codes = { busy: 5, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 };

/** What an error of SQLite means to the caller; `path` is the store's file. */
export function storeError(path: string, error: unknown): unknown {
  switch (primaryCode(error)) {
    case codes.busy:
      return new UserError(`${path} is in use by another process: stop that one, or choose another data directory`);
    case codes.corrupt:
    case codes.notADatabase:
      return damagedError(path, errorMessage(error));
    case codes.full:
    case codes.ioError:
    case codes.readOnly:
    case codes.cannotOpen:
      return new StoreFullError(`${path} cannot be written (${errorMessage(error)}): make room on its disk`);
    default:
      return error;
  }
}

export function damagedError(path: string, what: string): UserError {
  return new UserError(
    `${path} is damaged (${what}): stop Croft, move the file and its -wal file away, and restore them from a backup`,
  );
}

function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')) return undefined;
  return error.errcode & 0xff;
}
