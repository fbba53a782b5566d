import { type FieldError, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import { httpHeaderNameErrors } from '@croft/api/names';
import type { Container, PodSpec, Probe } from '@croft/api/types';
import { checkNonNegative, checkOneOf, checkPortOrName, invalidFor } from '../check.ts';

type Handler = NonNullable<NonNullable<Container['lifecycle']>['preStop']> & Pick<Probe, 'grpc'>;
type HttpGet = NonNullable<Handler['httpGet']>;

/** The probes and hooks of a container; `graceSeconds` is what the pod has to end in. */
export function checkProbes(path: string, container: Container, { terminationGracePeriodSeconds, os }: PodSpec) {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container;
  const graceSeconds = terminationGracePeriodSeconds;
  const signal = (lifecycle as { stopSignal?: string } | undefined)?.stopSignal;
  return [
    ...checkHook(`${path}.lifecycle.postStart`, lifecycle?.postStart, graceSeconds),
    ...checkHook(`${path}.lifecycle.preStop`, lifecycle?.preStop, graceSeconds),
    ...(signal === undefined ? [] : checkStopSignal(`${path}.lifecycle.stopSignal`, signal, os?.name)),
    ...checkSuccessOnce(`${path}.livenessProbe`, livenessProbe),
    ...checkReadinessProbe(`${path}.readinessProbe`, readinessProbe),
    ...checkSuccessOnce(`${path}.startupProbe`, startupProbe),
  ];
}

const plainSignals =
  'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX';
const numbered = (start: string, count: number) => Array.from({ length: count }, (_, index) => `${start}${index + 1}`);
const linuxSignals = [...plainSignals.split(' '), ...numbered('RTMIN+', 15), ...numbered('RTMAX-', 14)]
  .map((name) => `SIG${name}`)
  .sort();

/** Which signals there are depends on the system, so that has to be named. */
function checkStopSignal(path: string, signal: string, system: string | undefined): FieldError[] {
  if (system === undefined) return [forbiddenField(path, 'may not be set for containers with empty `spec.os.name`')];
  return checkOneOf(path, signal, system === 'windows' ? ['SIGKILL', 'SIGTERM'] : linuxSignals);
}

function checkHook(path: string, hook: Handler | undefined, graceSeconds: number | undefined): FieldError[] {
  return hook === undefined ? [] : checkHandler(path, hook, graceSeconds);
}

function checkSuccessOnce(path: string, probe: Probe | undefined): FieldError[] {
  if (probe === undefined) return [];
  const errors = checkProbe(path, probe);
  if (probe.successThreshold === 1) return errors;
  return [...errors, invalidField(`${path}.successThreshold`, probe.successThreshold ?? 0, 'must be 1')];
}

function checkReadinessProbe(path: string, probe: Probe | undefined): FieldError[] {
  if (probe === undefined) return [];
  const errors = checkProbe(path, probe);
  const seconds = probe.terminationGracePeriodSeconds;
  if (seconds === undefined) return errors;
  const field = `${path}.terminationGracePeriodSeconds`;
  return [...errors, invalidField(field, seconds, 'must not be set for readinessProbes')];
}

function checkProbe(path: string, probe: Probe): FieldError[] {
  const seconds = probe.terminationGracePeriodSeconds;
  return [
    ...checkHandler(path, probe, undefined),
    ...checkNonNegative(`${path}.initialDelaySeconds`, probe.initialDelaySeconds),
    ...checkNonNegative(`${path}.timeoutSeconds`, probe.timeoutSeconds),
    ...checkNonNegative(`${path}.periodSeconds`, probe.periodSeconds),
    ...checkNonNegative(`${path}.successThreshold`, probe.successThreshold),
    ...checkNonNegative(`${path}.failureThreshold`, probe.failureThreshold),
    ...(seconds !== undefined && seconds <= 0
      ? [invalidField(`${path}.terminationGracePeriodSeconds`, seconds, 'must be greater than 0')]
      : []),
  ];
}

function checkHandler(path: string, handler: Handler, graceSeconds: number | undefined): FieldError[] {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  const given: [string, FieldError[]][] = [];
  if (exec !== undefined) given.push(['exec', exec.command?.length ? [] : [requiredField(`${path}.exec.command`)]]);
  if (httpGet !== undefined) given.push(['httpGet', checkHttpGet(`${path}.httpGet`, httpGet)]);
  if (tcpSocket !== undefined) given.push(['tcpSocket', checkPortOrName(`${path}.tcpSocket.port`, tcpSocket.port)]);
  if (grpc !== undefined) given.push(['grpc', checkPortOrName(`${path}.grpc.port`, grpc.port)]);
  if (sleep !== undefined) given.push(['sleep', checkSleep(`${path}.sleep`, sleep.seconds, graceSeconds)]);
  const [first, ...others] = given;
  if (first === undefined) return [requiredField(path, 'must specify a handler type')];
  return [
    ...first[1],
    ...others.map(([name]) => forbiddenField(`${path}.${name}`, 'may not specify more than 1 handler type')),
  ];
}

function checkHttpGet(path: string, { path: at, port, scheme, httpHeaders = [] }: HttpGet): FieldError[] {
  return [
    ...(at === undefined || at === '' ? [requiredField(`${path}.path`)] : []),
    ...checkPortOrName(`${path}.port`, port),
    ...checkOneOf(`${path}.scheme`, scheme ?? '', ['HTTP', 'HTTPS']),
    ...httpHeaders.flatMap(({ name }) => invalidFor(`${path}.httpHeaders`, name, httpHeaderNameErrors(name))),
  ];
}

function checkSleep(path: string, seconds: number, graceSeconds: number | undefined): FieldError[] {
  if (graceSeconds === undefined || (seconds >= 0 && seconds <= graceSeconds)) return [];
  const rule = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`;
  return [invalidField(path, seconds, rule)];
}
