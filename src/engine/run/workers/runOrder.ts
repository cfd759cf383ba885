import type { NodeConfig } from '../../model/node.ts';
import type { Plan } from '../../plan/plan.ts';
import { InterruptSignal, isParentCommand, isPause } from '../../model/signals.ts';
import { nextTurn } from '../../model/clock.ts';
import { callInFrame } from '../runContext.ts';
import type { TaskOrder, TaskReply } from './messages.ts';
import { pack, packError, unpack, unpackError } from '../sending.ts';
import type { RunLink } from './threadServer.ts';
import { StoreLink } from './storeLink.ts';
import { WorkerFrame } from './workerFrame.ts';

/** A function that worker threads run. */
export interface Work {
  readonly action: (...args: any[]) => unknown;
  /** The plan of its graph, if it is a node. */
  readonly plan: Plan | undefined;
}

/** Runs a task of another thread in this one. Never rejects. */
export async function runOrder(work: Work, order: TaskOrder, link: RunLink): Promise<TaskReply> {
  let frame: WorkerFrame | undefined;
  try {
    const store = order.hasStore ? new StoreLink(link) : undefined;
    const args = unpack(order.args) as unknown[];
    const sent = unpack(order.config) as Partial<NodeConfig>;
    frame = new WorkerFrame(order, { plan: work.plan, args, config: { ...sent, store }, link });
    const { owner, config } = frame;
    link.onMessage = (message) => {
      if (message.type === 'stored') store!.onAnswer(message);
      else owner.abort(unpackError(message));
    };
    const given = work.plan === undefined ? args : [...args, config];
    const returned = await callInFrame(frame, work.action, given);
    await frame.calls?.allEnded();
    // What was asked and caught stops the task all the same.
    if (frame.raised.length > 0) throw new InterruptSignal(frame.raised);
    return { status: 'done', value: pack(returned, `what "${order.info.node}" returns`) };
  } catch (thrown) {
    if (!isPause(thrown) && !isParentCommand(thrown))
      return { status: 'failed', ...packError(thrown, link.exports) };
    await nextTurn();
    await frame?.calls?.drained();
    if (isPause(thrown))
      return { status: 'paused', interrupts: pack(thrown.interrupts, 'a question') };
    return { status: 'left', commands: pack(thrown.commands, 'a command') };
  } finally {
    if (frame !== undefined) frame.hasEnded = true;
  }
}
