import { StatusError } from '@croft/api/status';

/** A patch that is well formed but does not apply. Kubernetes hides the reason from the client; `cause` holds it. */
export class PatchConflict extends StatusError {
  constructor(reason: string) {
    super(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
    this.cause = reason;
  }
}

export function badPatch(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

/** Kubernetes answers 500 without a reason where it did not think of the mistake. */
export function failedPatch(message: string): StatusError {
  return new StatusError(500, '', message);
}
