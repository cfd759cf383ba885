import type { DebugStart } from '../runner/debug/debugOptions.ts';
import { ingressOf } from '../runner/restate/serverAddress.ts';
import { parseDepth, parseModel, parseNumber, parseUrl, type Values } from './argValues.ts';
import type { AnswerText, RunCommand } from './command.ts';
import { SyntaxUsageError } from './usageError.ts';

export function runCommand(file: string, values: Values): RunCommand {
  const { graph, input, json = false, model, thread, store } = values;
  const resume = parseAnswers(values.resume ?? []);
  const { from, update, 'as-node': asNode } = values;
  const goesOn = { resume: resume[0], from, update };
  for (const [option, given] of Object.entries({ store, ...goesOn })) {
    if (given === undefined || thread !== undefined) continue;
    throw new SyntaxUsageError(`--${option} needs the name of a thread: --thread ID`);
  }
  for (const [option, given] of Object.entries(goesOn)) {
    if (given === undefined || input === undefined) continue;
    throw new SyntaxUsageError(
      `--${option} goes on with a thread, --input starts it anew: pass one`,
    );
  }
  if (asNode !== undefined && update === undefined) {
    throw new SyntaxUsageError('--as-node says which node writes an --update: pass both');
  }
  if (asNode !== undefined && resume.length > 0) {
    throw new SyntaxUsageError(
      '--resume goes on with the node that asks, --as-node with what follows another: pass one',
    );
  }
  const recording = parseRecording(values);
  const on = parseServer(values);
  return {
    name: 'run',
    file,
    ...(graph !== undefined && { graph }),
    ...(input !== undefined && { input }),
    json,
    xray: parseDepth(values.xray) !== false,
    ...parseModel(model),
    ...(thread !== undefined && { thread }),
    ...(store !== undefined && { store }),
    resume,
    ...(from !== undefined && { from }),
    ...(update !== undefined && { update }),
    ...(asNode !== undefined && { asNode }),
    ...inspectOption(values),
    ...(recording && { recording }),
    ...parseEngine(values),
    ...(values.html !== undefined && { html: values.html }),
    ...(on !== undefined && { on }),
    ask: !values['no-ask'],
  };
}

/** Options about what is kept, looked at or answered in this process. */
const HERE = [
  ...(['store', 'from', 'update', 'as-node', 'model', 'record', 'replay', 'pace'] as const),
  ...(['inspect', 'inspect-wait', 'inspect-brk', 'with', 'html'] as const),
];

/** Where a run is to go on that is not run here: where the server takes calls. */
function parseServer(values: Values): RunCommand['on'] {
  const { on } = values;
  if (on === undefined) {
    if (!values['any-code']) return undefined;
    throw new SyntaxUsageError('--any-code is for runs elsewhere: --on restate');
  }
  const ingress = ingressOf(on);
  if (ingress === undefined) {
    throw new SyntaxUsageError(`--on takes restate, or restate=URL, got "${on}"`);
  }
  const here = HERE.find((option) => values[option] !== undefined);
  if (here !== undefined) {
    throw new SyntaxUsageError(`--${here} is for runs in this process: not with --on`);
  }
  return { ingress: parseUrl('on', ingress), anyCode: values['any-code'] ?? false };
}

/** Ids of questions are 32 hexadecimal digits. */
const answerById = /^([0-9a-f]{32})=([^]*)$/;

function parseAnswers(given: readonly string[]): AnswerText[] {
  const answers = given.map((text): AnswerText => {
    const [, id, value] = answerById.exec(text) ?? [];
    return id === undefined ? { text } : { id, text: value! };
  });
  const ids = answers.map(({ id }) => id);
  if (answers.length > 1 && ids.includes(undefined)) {
    throw new SyntaxUsageError('--resume takes several answers by id only: --resume ID=VALUE');
  }
  const twice = ids.find((id, i) => ids.indexOf(id) < i);
  if (twice !== undefined) throw new SyntaxUsageError(`--resume answers ${twice} twice`);
  return answers;
}

/** Which calls of models are recorded, and which answered from a folder. */
function parseRecording({ record, replay, pace, model }: Values): RunCommand['recording'] {
  if (pace !== undefined && (pace !== 'recorded' || replay === undefined)) {
    throw new SyntaxUsageError('--pace takes recorded, together with --replay DIR');
  }
  if (record === '' || replay === '') {
    throw new SyntaxUsageError('--record and --replay take the path of a folder');
  }
  if (replay === undefined)
    return record === undefined ? undefined : { folder: record, mode: 'record' };
  if (record !== undefined && record !== 'missing') {
    throw new SyntaxUsageError(
      `--replay DIR takes --record missing, to record what is not there yet, got "${record}"`,
    );
  }
  if (record === undefined && model !== undefined) {
    throw new SyntaxUsageError('--replay answers from a folder, --model in its place: pass one');
  }
  const mode = record === undefined ? 'replay' : 'missing';
  return { folder: replay, mode, ...(pace !== undefined && { pace }) };
}

function parseEngine({ with: engine }: Values): Pick<RunCommand, 'engine'> {
  if (engine === undefined || engine === 'superstep') return {};
  if (engine === 'langgraph') return { engine };
  throw new SyntaxUsageError(`--with takes superstep or langgraph, got "${engine}"`);
}

const inspectOptions = { inspect: 'atOnce', 'inspect-wait': 'attached', 'inspect-brk': 'stopped' };

function inspectOption(values: Values): Pick<RunCommand, 'inspect'> {
  const given = (Object.keys(inspectOptions) as (keyof typeof inspectOptions)[]).filter(
    (option) => values[option] !== undefined,
  );
  const [option, other] = given;
  if (option === undefined) return {};
  if (other !== undefined) {
    throw new SyntaxUsageError(`--${option} and --${other} are two ways: pass one`);
  }
  const port = parseNumber(option, values[option]!, { max: 65_535, isWhole: true });
  return { inspect: { start: inspectOptions[option] as DebugStart, port } };
}
