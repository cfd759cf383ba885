import type { Function as FunctionNode, Node } from '@babel/types';

/** Names of parameters that a config is meant for. */
const CONFIG_NAME = /conf|option|runtime|context|^_/i;

/** Whether a function can be called with a config, or with nothing, and makes sense of it. */
export function takesConfig({ params }: FunctionNode): boolean {
  const [first, ...others] = params.filter(isRequired);
  return others.length === 0 && (first === undefined || isForConfig(first));
}

function isRequired(param: Node): boolean {
  const isOptional = 'optional' in param && param.optional === true;
  return param.type !== 'AssignmentPattern' && param.type !== 'RestElement' && !isOptional;
}

function isForConfig(param: Node): boolean {
  if (param.type === 'ObjectPattern') return true;
  return param.type === 'Identifier' && CONFIG_NAME.test(param.name);
}
