import { QuickInputButtons, window } from 'vscode';
import type { KnownField } from '../../loader/source/fieldTypes.ts';
import { fitsType } from '../../runner/fitsType.ts';
import { DisposableStore } from '../disposableStore.ts';
import { fieldText, parseField } from '../panel/parseField.ts';

/**
 * Asks for fields of a graph's input one after the other, with a way back. A field that the source
 * text alone calls required can be left out.
 * @param previous What was answered the last time. What does not fit any more is named, not offered.
 * @returns The input, or `undefined` if the user gave up.
 */
export async function askInput(
  title: string,
  fields: readonly KnownField[],
  previous: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, unknown> | undefined> {
  const input: Record<string, unknown> = { ...previous };
  for (let step0 = 0; step0 < fields.length;) {
    const field = fields[step0];
    if (!field) break;
    const answer = await askField(title, field, input[field.key] ?? field.default, {
      step: step0 + 1,
      totalSteps: fields.length,
    });
    if (answer === undefined) return undefined;
    if (answer === 'back') {
      step0--;
      continue;
    }
    input[field.key] = answer.value;
    step0++;
  }
  return Object.fromEntries(
    fields.flatMap(({ key }) => (input[key] === undefined ? [] : [[key, input[key]]])),
  );
}

async function askField(
  title: string,
  { key, type, isGuess }: KnownField,
  value: unknown,
  { step, totalSteps }: { step: number; totalSteps: number },
): Promise<{ value: unknown } | 'back' | undefined> {
  const owned = new DisposableStore();
  try {
    const box = owned.add(window.createInputBox());
    box.title = title;
    box.step = step;
    box.totalSteps = totalSteps;
    const isOld = value !== undefined && !fitsType(value, type);
    const hints = [
      ...(isGuess ? ['leave it empty for none'] : []),
      ...(isOld ? [`the last answer, ${JSON.stringify(value)}, does not fit`] : []),
    ];
    box.prompt = [`${key}: ${type}`, ...hints].join('; ');
    box.placeholder = placeholders[type] ?? 'JSON';
    box.value = isOld ? '' : fieldText(value, type);
    box.ignoreFocusOut = true;
    box.buttons = step > 1 ? [QuickInputButtons.Back] : [];
    return await new Promise((resolve) => {
      owned.add(box.onDidChangeValue(() => (box.validationMessage = '')));
      owned.add(
        box.onDidAccept(() => {
          if (isGuess && box.value === '') return resolve({ value: undefined });
          const parsed = parseField(box.value, type);
          if ('error' in parsed) box.validationMessage = parsed.error;
          else resolve(parsed);
        }),
      );
      owned.add(box.onDidTriggerButton(() => resolve('back')));
      owned.add(box.onDidHide(() => resolve(undefined)));
      box.show();
    });
  } finally {
    owned.dispose();
  }
}

const placeholders: Record<string, string> = {
  string: 'Text',
  messages: 'What the user says, or a JSON array of messages',
  number: 'A number',
  boolean: 'true or false',
};
