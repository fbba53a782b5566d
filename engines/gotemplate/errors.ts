/** A template does not parse: `template: NAME:LINE: ...`. */
export class TemplateParseError extends Error {
  override readonly name = 'TemplateParseError';
}

/** A template failed while it ran: `template: NAME:LINE:COLUMN: executing "NAME" at <...>: ...`; `cause` is what a function threw. */
export class TemplateExecError extends Error {
  override readonly name = 'TemplateExecError';
  /** The template that ran. */
  readonly template: string;
  constructor(message: string, template: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.template = template;
  }
}

/** A limit of the template set was reached; never caught and reworded on its way out of nested templates. */
export class TemplateLimitError extends Error {
  override readonly name = 'TemplateLimitError';
}
