import { age, definition, duration, flag, named, object, oneOf, text } from '../schema-words.ts';
import { providers } from './types.ts';

const short = { type: 'string', maxLength: 2048 } as const;
/** Those of Flux, `mattermost` and `email`. What is not supported here says so when it is to tell something. */
const types = oneOf(
  ...['generic', 'generic-hmac', 'slack', 'mattermost', 'rocket', 'discord', 'msteams', 'matrix', 'telegram', 'email'],
  ...['alertmanager', 'grafana', 'googlechat', 'googlepubsub', 'webex', 'sentry', 'azureeventhub', 'lark', 'opsgenie'],
  ...['pagerduty', 'datadog', 'nats', 'zulip', 'otel', 'zoom', 'incident.io', 'github', 'githubdispatch', 'gitlab'],
  ...['githubpullrequestcomment', 'gitlabmergerequestcomment', 'gitea', 'giteapullrequestcomment', 'bitbucket'],
  ...['bitbucketserver', 'azuredevops'],
);

const spec = object(
  {
    type: types,
    interval: duration,
    channel: short,
    username: short,
    address: short,
    timeout: duration,
    proxy: { ...short, pattern: '^(http|https)://.*$' },
    proxySecretRef: named(),
    secretRef: named(),
    serviceAccountName: text,
    certSecretRef: named(),
    suspend: flag,
    commitStatusExpr: text,
  },
  ['type'],
);

export const providerDefinition = definition(providers, [], { spec }, [age], ['v1beta2', 'v1beta1']);
