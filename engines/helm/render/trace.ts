import { TemplateExecError } from '@croft/gotemplate/errors';

/**
 * The error of a template as Helm 4 lays it out: where, what was executed and what was wrong, for each template on the way;
 * undefined where it stays as it is, which is when anything but a template failed at the end.
 */
export function renderTrace(error: TemplateExecError): string | undefined {
  const blocks: string[] = [];
  for (let current: unknown = error; current !== undefined; current = current.cause) {
    if (!(current instanceof TemplateExecError)) return undefined;
    const block = renderBlock(current.message);
    if (block === undefined) return undefined;
    if (block !== blocks.at(-1)) blocks.push(block);
  }
  return blocks.join('').trim();
}

const executing = /^template: (.*?): executing "([^"]*)" at <(.*?)>: (.*)$/s;
const simple = /^template: (.*): (.*)$/s;

function renderBlock(message: string): string | undefined {
  if (message.startsWith('template: no template ')) return `${message}\n`;
  const [, where, name, node, problem] = executing.exec(message) ?? [];
  if (where !== undefined) {
    return `${where}\n  executing "${name}" at <${node}>:\n    ${withoutInner(problem ?? '')}\n`;
  }
  const [, place, text] = simple.exec(message) ?? [];
  return place === undefined ? undefined : `${place}\n  ${withoutInner(text ?? '')}\n`;
}

/** What is wrong in a template within is told in a block of its own. */
function withoutInner(problem: string): string {
  const at = problem.indexOf(' template:');
  return at < 0 ? problem : problem.slice(0, at);
}
