import { readJson } from '../../protocol/answerForm.ts';
import { isRecord } from '../../protocol/formFields.ts';
import { element, freshId, problemLine } from './cardElements.ts';

/** A text in which JSON is typed; what is wrong with it stands below. */
export class JsonEditor {
  readonly root: HTMLElement = element('div', 'typed');
  readonly #area = element('textarea', 'json');
  readonly #problem = problemLine();
  readonly #isObject: boolean;

  /**
   * @param options.isObject Takes nothing but an object.
   * @param options.onSend Called for Ctrl+Enter.
   */
  constructor(options: {
    readonly label: string;
    readonly text: string;
    readonly isObject?: boolean;
    readonly onSend?: () => void;
  }) {
    this.#isObject = options.isObject ?? false;
    const label = element('label', '', options.label);
    this.#area.id = label.htmlFor = freshId();
    this.#area.value = options.text;
    this.#area.spellcheck = false;
    this.#area.rows = Math.min(Math.max(options.text.split('\n', 13).length, 3), 12);
    this.#area.addEventListener('input', () => this.#problem.show(undefined));
    this.#area.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) options.onSend?.();
    });
    this.root.append(label, this.#area, this.#problem);
  }

  focus(): void {
    this.#area.focus();
  }

  /** `undefined` if it is not valid, which is shown. */
  read(): { readonly value: unknown } | undefined {
    const read = readJson(this.#area.value);
    const problem =
      'error' in read
        ? read.error
        : this.#isObject && !isRecord(read.value)
          ? 'A JSON object is needed, with the keys of the state'
          : undefined;
    this.#problem.show(problem);
    if (problem !== undefined) this.focus();
    return 'error' in read || problem !== undefined ? undefined : read;
  }
}
