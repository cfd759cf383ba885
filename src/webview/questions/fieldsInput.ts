import type { FormInput } from '../../protocol/answerForm.ts';
import { readField, readFields, type FormField } from '../../protocol/formFields.ts';
import { element, freshId, problemLine } from './cardElements.ts';

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** A form with one control for each key of an object. */
export class FieldsInput {
  readonly root: HTMLElement = element('div', 'typed fields');
  readonly #fields: readonly FormField[];
  readonly #controls: readonly Control[];
  readonly #problems = new Map<FormField, ReturnType<typeof problemLine>>();

  constructor({ fields }: Extract<FormInput, { kind: 'fields' }>, onSend: () => void) {
    this.#fields = fields;
    this.#controls = fields.map((field) => this.#control(field));
    this.root.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.isComposing) return;
      if (event.target instanceof HTMLTextAreaElement && !(event.ctrlKey || event.metaKey)) return;
      if (event.target instanceof HTMLSelectElement) return;
      event.preventDefault();
      onSend();
    });
  }

  #control(field: FormField): Control {
    const label = element(
      'label',
      '',
      field.isRequired ? field.label : `${field.label} (optional)`,
    );
    label.dir = 'auto';
    const control = controlFor(field);
    control.id = label.htmlFor = freshId();
    if (field.isRequired) control.setAttribute('aria-required', 'true');
    const problem = problemLine();
    this.#problems.set(field, problem);
    control.addEventListener('input', () => problem.show(undefined));
    const row = element('div', 'field');
    row.append(label, control);
    if (field.description !== undefined) {
      const hint = element('p', 'hint', field.description);
      hint.id = freshId();
      hint.dir = 'auto';
      control.setAttribute('aria-describedby', hint.id);
      row.append(hint);
    }
    row.append(problem);
    this.root.append(row);
    return control;
  }

  focus(): void {
    this.#controls[0]?.focus();
  }

  read(): { readonly value: unknown } | undefined {
    const texts = this.#controls.map(({ value }) => value);
    const wrong = this.#fields.filter((field, index) => {
      const text = texts[index]!;
      const read = text === '' && !field.isRequired ? { value: undefined } : readField(field, text);
      this.#problems.get(field)!.show('error' in read ? sentence(read.error) : undefined);
      return 'error' in read;
    });
    if (wrong[0]) {
      this.#controls[this.#fields.indexOf(wrong[0])]?.focus();
      return undefined;
    }
    const typed = Object.fromEntries(this.#fields.map(({ key }, index) => [key, texts[index]!]));
    const read = readFields(this.#fields, typed);
    return 'error' in read ? undefined : read;
  }
}

function controlFor({ type, choices = [], text, isRequired }: FormField): Control {
  if (type === 'boolean' || type === 'choice') {
    const options: [value: string, label: string][] =
      type === 'boolean'
        ? [
            ['true', 'true'],
            ['false', 'false'],
          ]
        : choices.map((choice, index) => [String(index), labelOf(choice)]);
    const select = element('select', '');
    // Nothing is chosen for the user.
    const all: typeof options = isRequired && text !== '' ? options : [['', ''], ...options];
    for (const [value, label] of all) select.append(new Option(label, value));
    select.value = text;
    return select;
  }
  if (type === 'json') {
    const area = element('textarea', 'json');
    area.rows = Math.min(Math.max(text.split('\n', 9).length, 2), 8);
    area.value = text;
    area.spellcheck = false;
    return area;
  }
  const input = element('input', '');
  input.type = 'text';
  if (type !== 'string') input.inputMode = 'decimal';
  input.value = text;
  input.dir = 'auto';
  return input;
}

function labelOf(choice: unknown): string {
  return (typeof choice === 'string' ? choice : (JSON.stringify(choice) ?? '')).slice(0, 200);
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
