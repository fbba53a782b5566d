import { errorMessage, UserError } from '@croft/foundation/errors';
import { StoreFullError } from './contract.ts';

/** Primary result codes of https://www.sqlite.org/rescode.html. */
const codes = { busy: 5, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 };

/** What an error of SQLite or of the system means to the caller; `path` is the file it concerns. */
export function storeError(path: string, error: unknown): unknown {
  switch (primaryCode(error)) {
    case codes.busy:
      return new UserError(`${path} is in use by another process: stop that one, or choose another data directory`);
    case codes.corrupt:
    case codes.notADatabase:
      return damagedError(path, errorMessage(error));
    case codes.full:
      return new StoreFullError(`${path} cannot be written (${errorMessage(error)}): make room on its disk`);
    case codes.ioError:
    case codes.readOnly:
    case codes.cannotOpen:
    case 'system':
      return new StoreFullError(
        `${path} cannot be read or written (${errorMessage(error)}): see to its disk, its room and its permissions`,
      );
    default:
      return error;
  }
}

/** The same while the store is opened, when nothing goes on yet and a person has to mend it. */
export function openError(path: string, error: unknown): unknown {
  const known = storeError(path, error);
  return known instanceof StoreFullError ? new UserError(known.message, { cause: error }) : known;
}

export function damagedError(path: string, what: string): UserError {
  return new UserError(
    `${path} is damaged (${what}): move it away together with what lies beside it under its name, and restore a backup`,
  );
}

function primaryCode(error: unknown): number | 'system' | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff;
  return 'syscall' in error ? 'system' : undefined;
}
