import { parseModel, parseNumber, parseUrl, type Values } from './argValues.ts';
import type { RestateCommand, ServeCommand } from './command.ts';
import { SyntaxUsageError } from './usageError.ts';

export function serveCommand(files: readonly string[], values: Values): ServeCommand {
  const { restate, register, port = '9080', host = '127.0.0.1', address } = values;
  if (files.length === 0) {
    throw new SyntaxUsageError(
      'serve needs the paths of graph files, such as: superstep serve my.graph.ts --restate',
    );
  }
  if (restate === undefined) {
    throw new SyntaxUsageError(
      'serve needs to know whom it works for: --restate, or --restate=URL',
    );
  }
  if (host === '') throw new SyntaxUsageError('--host takes an address, such as 0.0.0.0');
  if (address !== undefined && register === undefined) {
    throw new SyntaxUsageError('--address is what is registered: pass --register as well');
  }
  return {
    name: 'serve',
    files,
    ingress: parseUrl('restate', restate),
    ...(register !== undefined && { admin: parseUrl('register', register) }),
    port: parseNumber('port', port, { max: 65_535, isWhole: true }),
    host,
    ...(address !== undefined && { address: parseUrl('address', address) }),
    identityKeys: values['identity-key'] ?? [],
    ...parseModel(values.model),
  };
}

export function restateCommand(
  [what, ...files]: readonly string[],
  values: Values,
): RestateCommand {
  if (what !== 'up') {
    const got = what === undefined ? '' : `, got "${what}"`;
    throw new SyntaxUsageError(`restate takes up: superstep restate up [FILE…]${got}`);
  }
  const { port, store } = values;
  if (store === '') throw new SyntaxUsageError('--store takes the path of a folder');
  return {
    name: 'restate',
    files,
    // The two after it are taken, too.
    ...(port !== undefined && { port: parseNumber('port', port, { max: 65_533, isWhole: true }) }),
    ...(store !== undefined && { store }),
    ...parseModel(values.model),
  };
}
