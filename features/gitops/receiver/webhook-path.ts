import type { ObjectKey } from '@croft/api/object';
import { sha256Hex } from '@croft/foundation/digest';

/** Where a Receiver listens: only who knows the token knows the path. Flux's `Receiver.GetWebhookPath`. */
export function webhookPath(token: string, { namespace = '', name }: ObjectKey): string {
  return `/hook/${sha256Hex(`${token}${name}${namespace}`)}`;
}
