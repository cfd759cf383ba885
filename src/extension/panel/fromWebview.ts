import type { AnsweredQuestion, FromWebview } from '../../protocol/webviewMessages.ts';

/** The page draws what the user's file says, so what comes from it is checked and not believed. */
export function isFromWebview(message: unknown): message is FromWebview {
  if (typeof message !== 'object' || message === null) return false;
  const { type, nodeId, place, answers, message: text } = message as Record<string, unknown>;
  switch (type) {
    case 'reveal':
      return typeof nodeId === 'string';
    case 'drawFailed':
      return typeof text === 'string';
    case 'saveTrace':
      return typeof (message as Record<string, unknown>)['text'] === 'string';
    case 'image': {
      const { format, data } = message as Record<string, unknown>;
      const isFormat = format === 'svg' || format === 'png';
      return isFormat && (data === undefined || typeof data === 'string');
    }
    case 'openPlace':
      return typeof place === 'number';
    case 'answer':
      return Array.isArray(answers) && answers.every(isAnsweredQuestion);
    default:
      return ['ready', 'drawn', 'run', 'stop', 'goOn'].includes(type as string);
  }
}

function isAnsweredQuestion(value: unknown): value is AnsweredQuestion {
  if (typeof value !== 'object' || value === null) return false;
  const { id, answer } = value as Record<string, unknown>;
  if (typeof id !== 'string' || typeof answer !== 'object' || answer === null) return false;
  if ('value' in answer) return true;
  const { choices } = answer as Record<string, unknown>;
  return (
    Array.isArray(choices) &&
    choices.every((choice: unknown) => {
      return (
        typeof choice === 'object' &&
        choice !== null &&
        typeof (choice as Record<string, unknown>)['option'] === 'number'
      );
    })
  );
}
