import { readInput, type FormInput } from '../../protocol/answerForm.ts';
import { element, freshId, problemLine } from './cardElements.ts';

/** A text. Enter sends it, Shift+Enter begins a new line. */
export class TextInput {
  readonly root: HTMLElement = element('div', 'typed');
  readonly #input: FormInput;
  readonly #area = element('textarea', 'text');
  readonly #problem = problemLine();

  constructor(input: Extract<FormInput, { kind: 'text' }>, onSend: () => void) {
    this.#input = input;
    const label = element(
      'label',
      '',
      input.isOptional ? `${input.label} (may be empty)` : input.label,
    );
    this.#area.id = label.htmlFor = freshId();
    this.#area.rows = 1;
    this.#area.dir = 'auto';
    this.#area.addEventListener('input', () => {
      this.#problem.show(undefined);
      this.#area.rows = Math.min(this.#area.value.split('\n', 9).length, 8);
    });
    this.#area.addEventListener('keydown', (event) => {
      // While characters are composed, Enter chooses one of them.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      onSend();
    });
    this.root.append(label, this.#area, this.#problem);
  }

  focus(): void {
    this.#area.focus();
  }

  read(): { readonly value: unknown } | undefined {
    const read = readInput(this.#input, this.#area.value);
    this.#problem.show('error' in read ? read.error : undefined);
    if (!('error' in read)) return read;
    this.focus();
    return undefined;
  }
}
