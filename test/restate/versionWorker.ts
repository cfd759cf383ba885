// A worker with one of two versions of a graph: node versionWorker.ts PORT VERSION [IDENTITY KEY].
import { Annotation, START, StateGraph, interrupt } from '../../src/engine/index.ts';
import { serveRestate } from '../../src/restate/index.ts';

const [port, version, key] = process.argv.slice(2);
const State = Annotation.Root({ answer: Annotation<string>(), by: Annotation<string>() });
const graph = new StateGraph(State)
  .addNode('ask', () => ({ answer: String(interrupt('sure?')) }))
  .addNode('tell', version === 'old' ? () => ({ by: 'old' }) : () => ({ by: 'new' }))
  .addEdge(START, 'ask')
  .addEdge('ask', 'tell')
  .compile({ name: 'asks' });
await serveRestate(
  { asks: graph },
  { port: Number(port), ...(key !== undefined && { identityKeys: [key] }) },
);
process.send?.('ready');
process.once('disconnect', () => process.exit());
