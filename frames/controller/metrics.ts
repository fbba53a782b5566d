import { createHistogram } from '@croft/foundation/histogram';

/** How a reconcile ended: as controller-runtime names it. */
export type ReconcileResult = 'success' | 'error' | 'requeue_after';

/** What a work queue tells of itself. */
export interface QueueMeasures {
  added(): void;
  retried(): void;
  /** Work on a key begins, after it has waited for so long. */
  began(waitedMs: number): void;
  ended(tookMs: number): void;
}

/** What a controller tells of itself, besides its queue. */
export interface ControllerMeasures {
  readonly queue: QueueMeasures;
  /** `isTerminal`: an error that only a person can mend. */
  reconciled(result: ReconcileResult, tookMs: number, isTerminal?: boolean): void;
}

/** Counts what controllers do, under the names that controller-runtime has for it. */
export interface ControllerMetrics {
  /**
   * The measures of the controller of this name; the queue's length is asked for when they are shown. Several controllers
   * of one name, each of them for some namespaces, are shown as one.
   */
  of(controller: string, concurrency: number, depth: () => number): ControllerMeasures;
  /** In the text form of Prometheus. */
  render(): string;
}

interface Queue {
  concurrency: number;
  depth(): number;
}

interface Measured extends ControllerMeasures {
  readonly queues: Queue[];
  sample(name: string): string[];
}

interface Metric {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
}

const reconcileBounds = [
  ...[0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5],
  ...[1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60],
];
const queueBounds = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10];

const runtime = 'controller_runtime';
const metrics: readonly Metric[] = [
  { name: `${runtime}_reconcile_total`, type: 'counter', help: 'Reconciles, by result.' },
  { name: `${runtime}_reconcile_errors_total`, type: 'counter', help: 'Reconciles that failed.' },
  {
    name: `${runtime}_terminal_reconcile_errors_total`,
    type: 'counter',
    help: 'Failures that only a person can mend.',
  },
  { name: `${runtime}_reconcile_time_seconds`, type: 'histogram', help: 'How long reconciles took.' },
  { name: `${runtime}_max_concurrent_reconciles`, type: 'gauge', help: 'How many reconciles may run at once.' },
  { name: `${runtime}_active_workers`, type: 'gauge', help: 'How many reconciles run.' },
  { name: 'workqueue_depth', type: 'gauge', help: 'Keys that wait for work.' },
  { name: 'workqueue_adds_total', type: 'counter', help: 'Keys added.' },
  { name: 'workqueue_retries_total', type: 'counter', help: 'Keys added again after a failure.' },
  { name: 'workqueue_queue_duration_seconds', type: 'histogram', help: 'How long keys waited for work.' },
  { name: 'workqueue_work_duration_seconds', type: 'histogram', help: 'How long work on keys took.' },
];

export function createControllerMetrics(): ControllerMetrics {
  const measured = new Map<string, Measured>();
  return {
    of: (controller, concurrency, depth) => {
      const measures = measured.get(controller) ?? createMeasures(controller);
      measures.queues.push({ concurrency, depth });
      measured.set(controller, measures);
      return measures;
    },
    render: () =>
      metrics
        .flatMap(({ name, help, type }) => [
          `# HELP ${name} ${help}`,
          `# TYPE ${name} ${type}`,
          ...[...measured.values()].flatMap((measures) => measures.sample(name)),
        ])
        .map((line) => `${line}\n`)
        .join(''),
  };
}

function createMeasures(controller: string): Measured {
  const queues: Queue[] = [];
  const sum = (of: (queue: Queue) => number) => queues.reduce((total, queue) => total + of(queue), 0);
  const results: Record<ReconcileResult, number> = { error: 0, requeue_after: 0, success: 0 };
  const counts = { terminal: 0, active: 0, added: 0, retried: 0 };
  const times = {
    reconcile: createHistogram(reconcileBounds),
    waited: createHistogram(queueBounds),
    worked: createHistogram(queueBounds),
  };
  const label = `controller="${controller}"`;
  const queueLabel = `${label},name="${controller}"`;
  const samples: Record<string, (name: string) => string[]> = {
    [`${runtime}_reconcile_total`]: (name) =>
      Object.entries(results).map(([result, count]) => `${name}{${label},result="${result}"} ${count}`),
    [`${runtime}_reconcile_errors_total`]: (name) => [`${name}{${label}} ${results.error}`],
    [`${runtime}_terminal_reconcile_errors_total`]: (name) => [`${name}{${label}} ${counts.terminal}`],
    [`${runtime}_reconcile_time_seconds`]: (name) => times.reconcile.render(name, label),
    [`${runtime}_max_concurrent_reconciles`]: (name) => [`${name}{${label}} ${sum((queue) => queue.concurrency)}`],
    [`${runtime}_active_workers`]: (name) => [`${name}{${label}} ${counts.active}`],
    workqueue_depth: (name) => [`${name}{${queueLabel}} ${sum((queue) => queue.depth())}`],
    workqueue_adds_total: (name) => [`${name}{${queueLabel}} ${counts.added}`],
    workqueue_retries_total: (name) => [`${name}{${queueLabel}} ${counts.retried}`],
    workqueue_queue_duration_seconds: (name) => times.waited.render(name, queueLabel),
    workqueue_work_duration_seconds: (name) => times.worked.render(name, queueLabel),
  };
  return {
    queues,
    sample: (name) => samples[name]?.(name) ?? [],
    reconciled: (result, tookMs, isTerminal = false) => {
      results[result] += 1;
      if (isTerminal) counts.terminal += 1;
      times.reconcile.observe(tookMs / 1000);
    },
    queue: {
      added: () => {
        counts.added += 1;
      },
      retried: () => {
        counts.retried += 1;
      },
      began: (waitedMs) => {
        counts.active += 1;
        times.waited.observe(waitedMs / 1000);
      },
      ended: (tookMs) => {
        counts.active -= 1;
        times.worked.observe(tookMs / 1000);
      },
    },
  };
}
