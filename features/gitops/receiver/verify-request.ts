import { isHmac, isSame, isSigned } from './signatures.ts';

/** A request to a webhook, with all of its body. */
export interface Hook {
  header(name: string): string;
  body: Buffer;
  /** Of the Receiver's Secret. */
  token: string;
  /** Which events are taken; all when empty. */
  events: readonly string[];
}

/** The request is not what the Receiver's type wants; the message says why, without anything secret. */
export class RefusedHook extends Error {
  override readonly name = 'RefusedHook';
}

type Verifier = (hook: Hook) => void;

/** What each type of Receiver asks of a request, as Flux's notification-controller does. */
const verifiers: Record<string, Verifier> = {
  generic: () => {},
  'generic-hmac': (hook) => requireSigned(hook, 'X-Signature'),
  github: (hook) => {
    requireSigned(hook, hook.header('X-Hub-Signature-256') === '' ? 'X-Hub-Signature' : 'X-Hub-Signature-256');
    requireEvent(hook, hook.header('X-GitHub-Event'));
  },
  gitea: (hook) => requireHex(hook, 'Gitea'),
  forgejo: (hook) => requireHex(hook, 'Forgejo'),
  gitlab: (hook) => {
    requireToken(hook, 'X-Gitlab-Token');
    requireEvent(hook, hook.header('X-Gitlab-Event'));
  },
  bitbucket: (hook) => {
    requireSigned(hook, 'X-Hub-Signature');
    requireEvent(hook, hook.header('X-Event-Key'));
  },
  harbor: (hook) => requireToken(hook, 'Authorization'),
  nexus: (hook) => {
    const name = 'X-Nexus-Webhook-Signature';
    if (!isHmac('sha1', hook.header(name), hook.body, hook.token)) throw wrong(name);
    requireJson(hook);
  },
  cdevents: (hook) => {
    requireJson(hook);
    requireEvent(hook, hook.header('Ce-Type'));
  },
  dockerhub: requireJson,
  quay: requireJson,
  acr: requireJson,
};

export function isSupportedType(type: string): boolean {
  return Object.hasOwn(verifiers, type);
}

/** Throws RefusedHook unless the request is one that this type of Receiver takes. */
export function verifyHook(type: string, hook: Hook): void {
  if (!isSupportedType(type)) throw new RefusedHook(`the type ${type} is not supported`);
  verifiers[type]?.(hook);
}

function requireSigned({ header, body, token }: Hook, name: string): void {
  if (!isSigned(header(name), body, token)) throw wrong(name);
}

/** Gitea and its descendants sign with a bare HMAC, and send what GitHub sends too. */
function requireHex(hook: Hook, product: string): void {
  const name = `X-${product}-Signature`;
  if (hook.header(name) === '') requireSigned(hook, 'X-Hub-Signature-256');
  else if (!isHmac('sha256', hook.header(name), hook.body, hook.token)) throw wrong(name);
  requireEvent(hook, hook.header(`X-${product}-Event`) || hook.header('X-GitHub-Event'));
}

function requireToken({ header, token }: Hook, name: string): void {
  if (!isSame(header(name), token)) throw wrong(name);
}

function requireEvent({ events }: Hook, event: string): void {
  if (events.length === 0 || events.some((taken) => taken.toLowerCase() === event.toLowerCase())) return;
  throw new RefusedHook(`the event ${JSON.stringify(event.slice(0, 100))} is not one that this receiver takes`);
}

function requireJson({ body }: Hook): void {
  try {
    JSON.parse(body.toString('utf8'));
  } catch {
    throw new RefusedHook('the body is not JSON');
  }
}

function wrong(name: string): RefusedHook {
  return new RefusedHook(`the header ${name} is missing or does not fit`);
}
