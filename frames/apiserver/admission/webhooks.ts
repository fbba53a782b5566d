import type { UnknownObject } from '@croft/api/object';
import { StatusError } from '@croft/api/status';
import { errorMessage } from '@croft/foundation/errors';
import { jsonEqual } from '@croft/foundation/json';
import { applyJsonPatch } from '@croft/patch/json-patch';
import { decodeAs } from '../decode.ts';
import { badRequest, internal } from '../failures.ts';
import type { Attributes } from './attributes.ts';
import { callWebhook, type Review } from './call-webhook.ts';
import type { Webhook } from './configurations.ts';
import { allHold, ExpressionError, scopeOf } from './expressions.ts';
import { matchesRule, matchesSelectors } from './match.ts';

/** The object as the mutating webhooks want it, one after the other. Throws StatusError. */
export async function mutateByWebhooks(
  webhooks: readonly Webhook[],
  attributes: Attributes,
): Promise<UnknownObject | undefined> {
  let { object } = attributes;
  const called: { webhook: Webhook; seen: UnknownObject | undefined }[] = [];
  for (const webhook of webhooks) {
    const now = { ...attributes, object };
    if (!isConcerned(webhook, now)) continue;
    object = await mutateBy(webhook, now);
    called.push({ webhook, seen: object });
  }
  // Once more those that want to see what later ones changed.
  for (const { webhook, seen } of called) {
    if (webhook.reinvocationPolicy !== 'IfNeeded' || jsonEqual(seen ?? null, object ?? null)) continue;
    object = await mutateBy(webhook, { ...attributes, object });
  }
  return object;
}

async function mutateBy(webhook: Webhook, attributes: Attributes): Promise<UnknownObject | undefined> {
  const { object, writing } = attributes;
  const review = await ask(webhook, attributes);
  if (review?.patch === undefined || object === undefined) return object;
  const { rules } = writing.served;
  const patched = applyJsonPatch(object, review.patch);
  const { object: decoded } = decodeAs(writing.served, patched, (why) => internal(why));
  rules.default(decoded);
  return decoded;
}

/** All validating webhooks at once; the first of their order that refuses decides. Throws StatusError. */
export async function validateByWebhooks(webhooks: readonly Webhook[], attributes: Attributes): Promise<void> {
  const concerned = webhooks.filter((webhook) => isConcerned(webhook, attributes));
  const results = await Promise.allSettled(concerned.map((webhook) => ask(webhook, attributes)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function isConcerned(webhook: Webhook, attributes: Attributes): boolean {
  const { rules = [], matchPolicy, matchConditions = [], failurePolicy } = webhook;
  if (!rules.some((rule) => matchesRule(rule, matchPolicy, attributes))) return false;
  if (!matchesSelectors(webhook, attributes)) return false;
  if (matchConditions.length === 0) return true;
  try {
    return allHold(matchConditions, scopeOf(attributes, undefined));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    if (failurePolicy === 'Ignore') return false;
    throw failure(webhook, error.message);
  }
}

/** Undefined when the webhook cannot be asked and need not be. Throws StatusError when it refuses. */
async function ask(webhook: Webhook, attributes: Attributes): Promise<Review | undefined> {
  const { writing } = attributes;
  if (writing.options.dryRun && webhook.sideEffects !== 'None' && webhook.sideEffects !== 'NoneOnDryRun') {
    throw badRequest(`admission webhook "${webhook.name}" does not support dry run`);
  }
  let review: Review;
  try {
    review = await callWebhook(webhook, attributes);
  } catch (error) {
    const why = errorMessage(error);
    if (webhook.failurePolicy !== 'Ignore') throw failure(webhook, why);
    writing.core.log.warn('an admission webhook failed and is ignored', { webhook: webhook.name, error: why });
    return undefined;
  }
  writing.warnings.push(...review.warnings);
  if (!review.allowed) throw denial(webhook, review);
  return review;
}

function failure({ name }: Webhook, why: string): StatusError {
  const message = `failed calling webhook "${name}": ${why}`;
  return new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** Codes below 400 are no refusals. */
function denial({ name }: Webhook, { status = {} }: Review): StatusError {
  const { code = 0, message = '', reason = '', details } = status;
  const by = `admission webhook "${name}" denied the request`;
  const why = message === '' ? reason : message;
  const said = why === '' ? `${by} without explanation` : `${by}: ${why}`;
  return new StatusError(Math.max(code, 400), reason, said, details);
}
