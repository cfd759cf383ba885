/** Stands for `@langchain/langgraph/channels`, as far as states are declared with it. */
import { forRequire } from './lacking.ts';

/** A key that keeps the last value, as a field of a state. */
export class LastValue<Value = unknown> {
  readonly lc_graph_name = 'LastValue';
  readonly initialValueFactory: (() => Value) | undefined;

  constructor(initialValueFactory?: () => Value) {
    this.initialValueFactory = initialValueFactory;
  }
}

/** A key that a reducer combines, as a field of a state. */
export class BinaryOperatorAggregate<Value = unknown, Update = Value> {
  readonly lc_graph_name = 'BinaryOperatorAggregate';
  readonly operator: (current: Value, update: Update) => Value;
  readonly initialValueFactory: (() => Value) | undefined;

  constructor(
    operator: (current: Value, update: Update) => Value,
    initialValueFactory?: () => Value,
  ) {
    this.operator = operator;
    this.initialValueFactory = initialValueFactory;
  }
}

export type { BaseChannel, BinaryOperator } from '../engine/index.ts';

const required = forRequire(
  { BinaryOperatorAggregate, LastValue },
  '@langchain/langgraph/channels',
);
export { required as 'module.exports' };
