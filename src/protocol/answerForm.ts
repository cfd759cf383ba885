/**
 * What can be answered to a question, found in the value that was asked with: choices, a JSON schema,
 * the two protocols in use for reviewing an agent's actions, a text, or any JSON. Panel and quick input
 * both show the form; what was chosen in it becomes the answer here.
 */
import { choicesOf, isSimple, type Choice } from './choices.ts';
import {
  fieldsOf,
  isRecord,
  readFields,
  toJsonText,
  type FormField,
  type Read,
} from './formFields.ts';
import { listActions, type Action } from './reviewActions.ts';

/** How a question can be answered. Every part is to be answered, each by one of its options. */
export interface AnswerForm {
  readonly parts: readonly FormPart[];
}

/** What is decided at once. */
export interface FormPart {
  /** Names the action that is reviewed; absent where there is only the question itself. */
  readonly title?: string;
  /** At least one. */
  readonly options: readonly FormOption[];
}

/** A button or, if it is the only one, the whole control. */
export interface FormOption {
  readonly label: string;
  /** What is to be typed for it; absent: nothing. */
  readonly input?: FormInput;
}

/** What is typed. */
export type FormInput =
  /** Taken as it is. `isOptional`: may be empty. */
  | { readonly kind: 'text'; readonly label: string; readonly isOptional?: boolean }
  /** JSON text. `text` stands there at first. */
  | { readonly kind: 'json'; readonly label: string; readonly text: string }
  | { readonly kind: 'fields'; readonly fields: readonly FormField[] };

/** What was chosen for one part: the number of the option, and what was typed for it (a value). */
export interface Chosen {
  readonly option: number;
  readonly input?: unknown;
}

/** An answer as it was given: by the form, or as a value in place of it. */
export type GivenAnswer = { readonly choices: readonly Chosen[] } | { readonly value: unknown };

/** More choices than these are no buttons any more. */
const maxChoices = 100;
const maxLabel = 200;
/** Characters of JSON that are offered for editing. */
const maxEdited = 200_000;

/** A form, and what its choices mean. */
interface Shape extends AnswerForm {
  /** The keys of the question that the form is made of: it says what they say. */
  readonly keys?: readonly string[];
  answer(choices: readonly Chosen[]): unknown;
}

/** The form for a question. @param value What was asked with; plain data. */
export function answerForm(value: unknown): AnswerForm {
  return { parts: shapeOf(value).parts };
}

/**
 * What of a question is to be read beside its form, which shows the rest: without choices, schemas and what
 * may be decided. A text that is left alone stands for itself.
 * @param value What was asked with; plain data.
 */
export function askedBeside(value: unknown): unknown {
  const { keys = [] } = shapeOf(value);
  if (!isRecord(value) || keys.length === 0) return value;
  const left = Object.entries(value).filter(([key]) => !keys.includes(key));
  const [[key = '', only] = []] = left;
  const isText = left.length === 1 && textKeys.includes(key) && typeof only === 'string';
  return isText ? only : Object.fromEntries(left);
}

/**
 * The answer that is meant.
 * @param value What was asked with.
 * @param given In the form of that value.
 * @throws {TypeError} if the form has no such choice.
 */
export function toAnswer(value: unknown, given: GivenAnswer): unknown {
  if ('value' in given) return given.value;
  const shape = shapeOf(value);
  const fits =
    given.choices.length === shape.parts.length &&
    given.choices.every(({ option }, index) => shape.parts[index]!.options[option] !== undefined);
  if (!fits) throw new TypeError('The answer does not belong to the question');
  return shape.answer(given.choices);
}

/** Reads what was typed. @param typed A text, or the texts of the fields by their keys. */
export function readInput(
  input: FormInput,
  typed: string | Readonly<Record<string, string>>,
): Read {
  if (typeof typed !== 'string')
    return readFields(input.kind === 'fields' ? input.fields : [], typed);
  if (input.kind === 'json') return readJson(typed);
  if (typed === '' && !(input.kind === 'text' && input.isOptional))
    return { error: 'Type an answer' };
  return { value: typed };
}

/** Reads an answer that was typed as JSON. */
export function readJson(text: string): Read {
  if (text.trim() === '') return { error: 'Type an answer as JSON, such as "yes", 4 or {"a": 1}' };
  try {
    const value = JSON.parse(text) as unknown;
    return value === null ? { error: 'null is no answer' } : { value };
  } catch (error) {
    return { error: `This is not valid JSON: ${(error as Error).message}` };
  }
}

function shapeOf(value: unknown): Shape {
  return reviewShape(value) ?? choiceShape(value) ?? schemaShape(value) ?? freeShape(value);
}

/** Actions that wait for a decision each. */
function reviewShape(value: unknown): Shape | undefined {
  const review = listActions(value);
  if (!review) return undefined;
  const parts = review.actions.map((action) => {
    const decisions = action.decisions.filter((decision) => {
      return decision.edits === undefined || toJsonText(action.args).length <= maxEdited;
    });
    return { action, decisions };
  });
  if (parts.some(({ decisions }) => decisions.length === 0)) return undefined;
  return {
    keys: ['config', 'reviewConfigs'],
    parts: parts.map(({ action, decisions }) => ({
      title: cut(action.name),
      options: decisions.map(({ label, edits, says }) => ({
        label,
        ...(edits && { input: argsInput(action) }),
        ...(says && { input: { kind: 'text', ...says } as const }),
      })),
    })),
    answer: (choices) =>
      review.answer(
        choices.map(({ option, input }, index) => {
          const { action, decisions } = parts[index]!;
          const decision = decisions[option]!;
          return decision.edits
            ? decision.decide({ ...action, args: input })
            : decision.decide(input);
        }),
      ),
  };
}

function argsInput({ name, args, schema }: Action): FormInput {
  const fields = fieldsOf(schema, args);
  // What the schema does not name would be lost.
  const isWhole =
    fields && Object.keys(args as object).every((key) => fields.some((f) => f.key === key));
  if (fields && isWhole) return { kind: 'fields', fields };
  return { kind: 'json', label: `Arguments of ${cut(name)}`, text: toJsonText(args) };
}

function choiceShape(value: unknown): Shape | undefined {
  const choices = choicesOf(value);
  return choices && choices.length <= maxChoices
    ? { ...buttons(choices), keys: ['options', 'choices'] }
    : undefined;
}

function buttons(choices: readonly Choice[]): Shape {
  return {
    parts: [{ options: choices.map(({ label }) => ({ label: cut(label) })) }],
    answer: ([choice]) => choices[choice!.option]!.answer,
  };
}

/** Where a question may carry the schema of its answer. */
const schemaKeys = [
  'schema',
  'jsonSchema',
  'json_schema',
  'answerSchema',
  'responseSchema',
  'response_schema',
  'requestedSchema',
];

function schemaShape(value: unknown): Shape | undefined {
  if (!isRecord(value)) return undefined;
  if (value['type'] === 'object' && isRecord(value['properties'])) return shapeOfSchema(value);
  const key = schemaKeys.find((each) => isRecord(value[each]));
  if (key === undefined) return undefined;
  return { ...shapeOfSchema(value[key] as Readonly<Record<string, unknown>>), keys: [key] };
}

function shapeOfSchema(schema: Readonly<Record<string, unknown>>): Shape {
  const { enum: values, type } = schema;
  if (
    Array.isArray(values) &&
    values.length > 0 &&
    values.length <= maxChoices &&
    values.every(isSimple)
  ) {
    return buttons(values.map((each) => ({ label: String(each), answer: each })));
  }
  if (type === 'boolean') {
    return buttons([
      { label: 'Yes', answer: true },
      { label: 'No', answer: false },
    ]);
  }
  if (type === 'string') return single({ kind: 'text', label: 'Answer', isOptional: true });
  const fields = fieldsOf(schema);
  return single(
    fields ? { kind: 'fields', fields } : { kind: 'json', label: 'Answer as JSON', text: '' },
  );
}

/** What a text to a person is called. */
const textKeys = ['question', 'prompt', 'message'];

function freeShape(value: unknown): Shape {
  const isText =
    typeof value === 'string' ||
    (isRecord(value) && textKeys.some((key) => typeof value[key] === 'string'));
  return single(
    isText
      ? { kind: 'text', label: 'Answer' }
      : { kind: 'json', label: 'Answer as JSON', text: '' },
  );
}

function single(input: FormInput): Shape {
  return {
    parts: [{ options: [{ label: 'Answer', input }] }],
    answer: ([choice]) => choice!.input,
  };
}

function cut(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > maxLabel ? `${line.slice(0, maxLabel)}…` : line;
}
