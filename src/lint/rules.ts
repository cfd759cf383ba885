import { blockingLoop } from './rules/blockingLoop.ts';
import { concurrentWrites } from './rules/concurrentWrites.ts';
import { doubledAppend } from './rules/doubledAppend.ts';
import { duplicateNode } from './rules/duplicateNode.ts';
import { effectBeforeInterrupt } from './rules/effectBeforeInterrupt.ts';
import { floatingTask } from './rules/floatingTask.ts';
import { gotoBesideEdge } from './rules/gotoBesideEdge.ts';
import { interruptInTry } from './rules/interruptInTry.ts';
import { misplacedConfig } from './rules/misplacedConfig.ts';
import { missingEnd } from './rules/missingEnd.ts';
import { notCompiled } from './rules/notCompiled.ts';
import { notExported } from './rules/notExported.ts';
import { skippedJoin } from './rules/skippedJoin.ts';
import { stateMutation } from './rules/stateMutation.ts';
import { unawaitedNode } from './rules/unawaitedNode.ts';
import { uncappedModels } from './rules/uncappedModels.ts';
import { unevenPaths } from './rules/unevenPaths.ts';
import { unknownKey } from './rules/unknownKey.ts';
import { unknownNode } from './rules/unknownNode.ts';
import { unmappedResult } from './rules/unmappedResult.ts';
import { unreachableNode } from './rules/unreachableNode.ts';
import { unusedKey } from './rules/unusedKey.ts';
import type { Rule } from './rule.ts';

/** All rules, in the order in which the page tells them. */
export const RULES: readonly Rule[] = [
  concurrentWrites,
  skippedJoin,
  unevenPaths,
  unawaitedNode,
  gotoBesideEdge,
  unknownNode,
  duplicateNode,
  missingEnd,
  unmappedResult,
  unreachableNode,
  notCompiled,
  notExported,
  unknownKey,
  stateMutation,
  interruptInTry,
  effectBeforeInterrupt,
  floatingTask,
  unusedKey,
  doubledAppend,
  blockingLoop,
  uncappedModels,
  misplacedConfig,
];
