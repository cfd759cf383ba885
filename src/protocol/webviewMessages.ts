/**
 * The messages between the extension and the preview panel. Plain data; nothing is posted to the
 * panel before it said `ready`, and what belongs to an older `revision` is dropped.
 */
import type { AnswerForm, GivenAnswer } from './answerForm.ts';
import type { GraphBreakpoint } from './breakpoints.ts';
import type { GraphReach } from './graphReach.ts';
import type { ModelUse } from './modelUse.ts';

/**
 * Where a node's work stands. `waiting`: it asks something, or the run has paused before it.
 * `cancelled`: stopped by the user or by a sibling's failure.
 */
export type NodeStatus = 'idle' | 'running' | 'waiting' | 'done' | 'failed' | 'cancelled';

/** A node of the diagram: `id` names it in events, `mermaidId` in the Mermaid text. */
export interface DiagramNode {
  readonly id: string;
  readonly name: string;
  readonly mermaidId: string;
  /** For each edge from several nodes that leads here, the ids of those. Default none. */
  readonly joins?: readonly (readonly string[])[];
}

/** How far one node has come in the present run. */
export interface NodeProgress {
  readonly id: string;
  readonly status: NodeStatus;
  /** Tasks of this node that are running, ended well, failed. */
  readonly running: number;
  readonly done: number;
  readonly failed: number;
  /** Tasks that were stopped, by the user or since another has failed. Default 0. */
  readonly cancelled?: number;
  /** Tasks of this node that wait for their turn in a superstep that goes on. Default 0. */
  readonly waiting?: number;
  /** Tasks that wait for an answer, or before which the run has paused. Default 0. */
  readonly paused?: number;
  /** Tasks whose result came from a cache; they are among those done. Default 0. */
  readonly cached?: number;
  /** Tasks that failed, and whose error handler took over; they are among those done. Default 0. */
  readonly handled?: number;
  /** Milliseconds that its finished tasks took, added up. */
  readonly totalMs: number;
  /** First line of the last error. */
  readonly error?: string;
  /** Absent while no task of it has asked a model. */
  readonly modelUse?: ModelUse;
  /** The end of an answer that is coming in; absent while there is none. */
  readonly answer?: string;
  /**
   * Code called it, no edge leads to it, so it is not in the diagram by itself: a functional task.
   * `parent` is the id of what called it.
   */
  readonly calledBy?: { readonly parent: string; readonly name: string };
}

/** The views that show what is folded from a run. */
export type RunViewName = 'timeline' | 'state' | 'output';

/** Kinds of pictures that the page can make of its diagram. */
export type ImageFormat = 'svg' | 'png';

export type ToWebview =
  /** Draw this graph, in place of any other. `title` is the graph's name, `file` its base name. */
  | {
      readonly type: 'graph';
      readonly revision: number;
      readonly title: string;
      readonly file: string;
      readonly mermaid: string;
      readonly nodes: readonly DiagramNode[];
      /** Why there is no live structure (restricted mode): shown as a banner. */
      readonly notice?: string;
      /** False where running is off (restricted mode). Default true. */
      readonly canRun?: boolean;
    }
  /**
   * What the next `graph` will most likely have, as the text tells that is being written: it may be drawn
   * ahead, and is not shown.
   */
  | {
      readonly type: 'expected';
      readonly revision: number;
      readonly mermaid: string;
      readonly nodes: readonly DiagramNode[];
    }
  /**
   * What the extension needs to restore the panel after a reload, whether or not there is anything
   * to draw. The panel keeps it as the property `restore` of its saved state, which VS Code hands to
   * the panel's serializer.
   */
  | { readonly type: 'restore'; readonly revision: number; readonly restore: string }
  /** The file has a problem; the last good diagram stays, dimmed. */
  | ({ readonly type: 'problem'; readonly revision: number; readonly message: string } & Places)
  /** The file has another graph by now; what is drawn is the one that runs, or has run. */
  | { readonly type: 'sourceChanged'; readonly revision: number }
  /** Where runs of the graph pause, in place of what was told before. */
  | {
      readonly type: 'breakpoints';
      readonly revision: number;
      readonly breakpoints: readonly GraphBreakpoint[];
    }
  /** What tests have reached of the graph, in place of what was told before; no `reach`: none has run. */
  | { readonly type: 'reach'; readonly revision: number; readonly reach?: GraphReach }
  /** A run begins: every node is idle again. `elapsedMs`: it began that long ago (default 0). */
  | { readonly type: 'runStarted'; readonly revision: number; readonly elapsedMs?: number }
  /**
   * What has happened in the run, in order, since the last of these messages: events as its thread told
   * them (`RunEvent`), without values of the state.
   */
  | { readonly type: 'runEvents'; readonly revision: number; readonly events: readonly unknown[] }
  /** Only the nodes that changed; later messages replace earlier ones of the same node. */
  | {
      readonly type: 'progress';
      readonly revision: number;
      readonly nodes: readonly NodeProgress[];
    }
  /** The run was told to stop; its nodes may take a while to end. */
  | { readonly type: 'runStopping'; readonly revision: number }
  /** Choose what a node did last, and show it in a view. */
  | {
      readonly type: 'select';
      readonly revision: number;
      readonly nodeId: string;
      readonly view: RunViewName;
    }
  /** A picture of the diagram is wanted; the answer is `image`. */
  | { readonly type: 'drawImage'; readonly revision: number; readonly format: ImageFormat }
  | ({
      readonly type: 'runEnded';
      readonly revision: number;
      readonly status: 'done' | 'waiting' | 'failed' | 'cancelled';
      readonly durationMs: number;
      /** Present if the status is `waiting`. */
      readonly waits?: WaitingCards;
      readonly message?: string;
    } & Places);

/** What a run that waits is waiting for. */
export interface WaitingCards {
  readonly questions: readonly QuestionCard[];
  /** The breakpoints at which it stands. */
  readonly pause?: PauseCard;
  /** Why nobody can answer here: a sentence. */
  readonly obstacle?: string;
}

/** An open question. */
export interface QuestionCard {
  readonly id: string;
  /** Who asks: the node, with the branch around it. May be empty. */
  readonly asker: string;
  /** When it was asked, as a clock shows it. */
  readonly since: string;
  /** What was asked, for reading, a line each. */
  readonly lines: readonly string[];
  /** It was asked with a text, not with data. Default false. */
  readonly isText?: boolean;
  readonly form: AnswerForm;
}

/** Breakpoints that were reached together. */
export interface PauseCard {
  /** `before review`, `after draft of inner`. */
  readonly places: readonly string[];
  readonly since: string;
  /** The state as JSON text, for editing; absent: it cannot be edited here. */
  readonly state?: string;
}

/** Which parts of a message are links. */
export interface Places {
  /** Places in source files as the message has them (`my.graph.ts:12`), in the order of the text. */
  readonly places?: readonly string[];
}

export type FromWebview =
  | { readonly type: 'ready' }
  /** The diagram of `revision` is on the screen; `renderMs` is what Mermaid took. */
  | { readonly type: 'drawn'; readonly revision: number; readonly renderMs: number }
  | { readonly type: 'drawFailed'; readonly revision: number; readonly message: string }
  /** The user clicked a node, or pressed Enter on it in the list. */
  | { readonly type: 'reveal'; readonly nodeId: string }
  /** The user chose a place in the message that came last: its number in `places`. */
  | { readonly type: 'openPlace'; readonly place: number }
  | { readonly type: 'run' }
  | { readonly type: 'stop' }
  /** The user wants the run as a file: its Trace Event JSON. */
  | { readonly type: 'saveTrace'; readonly text: string }
  /** The picture that was wanted: SVG as text, PNG in base64; no `data` if there is no diagram. */
  | { readonly type: 'image'; readonly format: ImageFormat; readonly data?: string }
  /** Answers to some of the open questions, by their ids. The run goes on. */
  | { readonly type: 'answer'; readonly answers: readonly AnsweredQuestion[] }
  /** The run may go on from its breakpoints, with an edited state if there is one: a JSON object. */
  | { readonly type: 'goOn'; readonly state?: unknown };

/** The answer to one question. */
export interface AnsweredQuestion {
  readonly id: string;
  readonly answer: GivenAnswer;
}
