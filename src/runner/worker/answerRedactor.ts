import type { ModelStreamed, RunEvent } from '../../engine/model/events.ts';
import { PieceRedactor, type Redactor } from '../redact.ts';

/** An answer of which more may come. */
interface OpenAnswer {
  /** The last piece. */
  last: ModelStreamed;
  readonly text: PieceRedactor;
  readonly reasoning: PieceRedactor;
  /** By the place of the call. */
  readonly args: Map<number, PieceRedactor>;
}

/**
 * Takes keys out of the answers of models, which come piece by piece: no key can be put together from
 * the pieces that are told. What may be the beginning of one is told with a later piece, or at the end.
 */
export class AnswerRedactor {
  readonly #redactor: Redactor;
  /** By the call's id. */
  readonly #open = new Map<number, OpenAnswer>();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** @returns The events to tell in the place of one. */
  follow(event: RunEvent): readonly RunEvent[] {
    switch (event.type) {
      case 'modelStreamed':
        return [this.#add(event)];
      case 'modelFinished':
      case 'modelFailed':
        return [...this.#end(event.call.id, event.time), event];
      default:
        return [event];
    }
  }

  #add(event: ModelStreamed): ModelStreamed {
    const { call, text, toolCallChunks, reasoning } = event;
    const answer = this.#open.get(call.id) ?? {
      last: event,
      text: new PieceRedactor(this.#redactor),
      reasoning: new PieceRedactor(this.#redactor),
      args: new Map<number, PieceRedactor>(),
    };
    this.#open.set(call.id, answer);
    answer.last = event;
    const chunks = toolCallChunks?.map((chunk) => {
      const { index = 0, args } = chunk;
      if (args === undefined) return chunk;
      const pieces = answer.args.get(index) ?? new PieceRedactor(this.#redactor);
      answer.args.set(index, pieces);
      return { ...chunk, args: pieces.add(args) };
    });
    return {
      ...event,
      text: answer.text.add(text),
      ...(chunks && { toolCallChunks: chunks }),
      ...(reasoning !== undefined && { reasoning: answer.reasoning.add(reasoning) }),
    };
  }

  #end(id: number, time: number): ModelStreamed[] {
    const answer = this.#open.get(id);
    if (answer === undefined) return [];
    this.#open.delete(id);
    const text = answer.text.end();
    const reasoning = answer.reasoning.end();
    const chunks = [...answer.args]
      .map(([index, pieces]) => ({ index, args: pieces.end() }))
      .filter(({ args }) => args !== '');
    if (text === '' && reasoning === '' && chunks.length === 0) return [];
    const { toolCallChunks: _, reasoning: __, ...last } = answer.last;
    return [
      {
        ...last,
        time,
        text,
        ...(chunks.length > 0 && { toolCallChunks: chunks }),
        ...(reasoning !== '' && { reasoning }),
      },
    ];
  }
}
