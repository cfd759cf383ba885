import { isRecord } from './formFields.ts';

/** An action of an agent that somebody is to decide on. */
export interface Action {
  readonly name: string;
  readonly args: unknown;
  /** JSON schema of the arguments. */
  readonly schema?: unknown;
}

/** What can be decided. */
export interface Decision {
  readonly label: string;
  /** The arguments are edited first. */
  readonly edits?: true;
  /** A text goes with it. */
  readonly says?: { readonly label: string; readonly isOptional?: boolean };
  /** The decision as the protocol has it. @param given The edited action, or the text. */
  decide(given: unknown): unknown;
}

/** Actions to decide on, and how the decisions become one answer. */
export interface Review {
  readonly actions: readonly (Action & { readonly decisions: readonly Decision[] })[];
  answer(decisions: readonly unknown[]): unknown;
}

/** Finds the actions in a question that follows one of the protocols for reviewing them. */
export function listActions(value: unknown): Review | undefined {
  return inboxReview(value) ?? toolReview(value);
}

/**
 * LangGraph's `HumanInterrupt`, one or a list of them: `action_request` and what `config` allows. The
 * answer is a list of `{ type, args }`, for one as well.
 */
function inboxReview(value: unknown): Review | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0 || list.length > maxActions || !list.every(isInterrupt)) return undefined;
  return {
    actions: list.map(({ action_request: request, config }) => {
      const decisions: [allowed: unknown, decision: Decision][] = [
        [
          config['allow_accept'],
          { label: 'Accept', decide: () => ({ type: 'accept', args: request }) },
        ],
        [
          config['allow_edit'],
          {
            label: 'Edit',
            edits: true,
            decide: (edited) => {
              return { type: 'edit', args: { ...request, args: (edited as Action).args } };
            },
          },
        ],
        [
          config['allow_respond'],
          {
            label: 'Respond',
            says: { label: 'Response' },
            decide: (text) => ({ type: 'response', args: text }),
          },
        ],
        [
          config['allow_ignore'],
          { label: 'Ignore', decide: () => ({ type: 'ignore', args: null }) },
        ],
      ];
      return {
        name: request.action,
        args: request['args'] ?? {},
        decisions: decisions.filter(([allowed]) => allowed).map(([, decision]) => decision),
      };
    }),
    answer: (decisions) => decisions,
  };
}

/**
 * The request of LangChain's human-in-the-loop middleware: `actionRequests`, with what is allowed for
 * each name in `reviewConfigs`. The answer has a list of `decisions`, in the same order.
 */
function toolReview(value: unknown): Review | undefined {
  if (!isRecord(value)) return undefined;
  const { actionRequests: requests, reviewConfigs } = value;
  if (!Array.isArray(requests) || requests.length === 0 || requests.length > maxActions) {
    return undefined;
  }
  if (!requests.every(isRequest)) return undefined;
  const configs = (Array.isArray(reviewConfigs) ? reviewConfigs : []).filter(isRecord);
  return {
    actions: requests.map(({ name, args = {} }) => {
      const config = configs.find(({ actionName }) => actionName === name);
      const { allowedDecisions, argsSchema } = config ?? {};
      const allowed = Array.isArray(allowedDecisions)
        ? allowedDecisions
        : Object.keys(toolDecisions);
      return {
        name,
        args,
        schema: argsSchema,
        decisions: Object.entries(toolDecisions)
          .filter(([type]) => allowed.includes(type))
          .map(([, decision]) => decision),
      };
    }),
    answer: (decisions) => ({ decisions }),
  };
}

const toolDecisions: Readonly<Record<string, Decision>> = {
  approve: { label: 'Approve', decide: () => ({ type: 'approve' }) },
  edit: {
    label: 'Edit',
    edits: true,
    decide: (edited) => {
      const { name, args } = edited as Action;
      return { type: 'edit', editedAction: { name, args } };
    },
  },
  reject: {
    label: 'Reject',
    says: { label: 'Reason', isOptional: true },
    decide: (text) => ({ type: 'reject', ...(text ? { message: text } : {}) }),
  },
};

/** More actions than these in one question are answered as JSON. */
const maxActions = 50;

interface Interrupt {
  readonly action_request: Readonly<Record<string, unknown>> & { readonly action: string };
  readonly config: Readonly<Record<string, unknown>>;
}

function isInterrupt(value: unknown): value is Interrupt {
  if (!isRecord(value) || !isRecord(value['config'])) return false;
  const request = value['action_request'];
  return isRecord(request) && typeof request['action'] === 'string';
}

function isRequest(value: unknown): value is { readonly name: string; readonly args?: unknown } {
  return isRecord(value) && typeof value['name'] === 'string';
}
