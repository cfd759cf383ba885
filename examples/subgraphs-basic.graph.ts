// Two subgraphs run side by side, each at its own pace; a node of the parent joins what they found.
//
// Press Run and watch the preview: the inner nodes of both subgraphs light up independently.
// Each subgraph declares an output of its own, so only these keys come back to the parent: without
// that, both would hand back `topic` too, and two writes to a key without reducer are an error.

import { setTimeout as sleep } from 'node:timers/promises';
import { Annotation, END, START, StateGraph, append, type NodeConfig } from 'superstep';
import type { GraphTests } from 'superstep/testing';

const pause = (ms: number, { signal }: NodeConfig) => sleep(ms, undefined, { signal });

// First subgraph: collect facts, then keep the longest.
const Research = Annotation.Root({ topic: Annotation<string>(), facts: Annotation<string[]>() });
const Facts = Annotation.Root({ facts: Annotation<string[]>() });

const research = new StateGraph(Research, { output: Facts })
  .addNode('search', async ({ topic }, config) => {
    await pause(600, config);
    return {
      facts: [`${topic} keep well in a cool place`, `${topic} float`, `${topic} have seeds`],
    };
  })
  .addNode('select', async ({ facts }, config) => {
    await pause(400, config);
    return { facts: facts.toSorted((a, b) => b.length - a.length).slice(0, 2) };
  })
  .addEdge(START, 'search')
  .addEdge('search', 'select')
  .addEdge('select', END)
  .compile({ name: 'research' });

// Second subgraph: invent questions, rank them, word the title.
const Planning = Annotation.Root({
  topic: Annotation<string>(),
  questions: Annotation<string[]>({ reducer: append, default: () => [] }),
  title: Annotation<string>(),
});
const Plan = Annotation.Root({ title: Annotation<string>(), questions: Annotation<string[]>() });

const planning = new StateGraph(Planning, { output: Plan })
  .addNode('ask_why', async ({ topic }, config) => {
    await pause(300, config);
    return { questions: [`Why do people like ${topic}?`] };
  })
  .addNode('ask_how', async ({ topic }, config) => {
    await pause(700, config);
    return { questions: [`How do ${topic} grow?`] };
  })
  .addNode('headline', async ({ topic, questions }, config) => {
    await pause(300, config);
    return { title: `${questions.length} questions about ${topic}` };
  })
  .addEdge(START, 'ask_why')
  .addEdge(START, 'ask_how')
  .addEdge(['ask_why', 'ask_how'], 'headline')
  .addEdge('headline', END)
  .compile({ name: 'planning' });

// The parent: both subgraphs are nodes, and `article` waits for both.
const Article = Annotation.Root({
  topic: Annotation<string>(),
  facts: Annotation<string[]>(),
  questions: Annotation<string[]>(),
  title: Annotation<string>(),
  article: Annotation<string>(),
});

export const graph = new StateGraph(Article)
  .addNode('research', research)
  .addNode('planning', planning)
  .addNode('write', async ({ title, facts, questions }, config) => {
    await pause(300, config);
    return { article: [title, ...questions, ...facts].join('\n') };
  })
  .addEdge(START, 'research')
  .addEdge(START, 'planning')
  .addEdge(['research', 'planning'], 'write')
  .addEdge('write', END)
  .compile({ name: 'article' });

export const input = { topic: 'apples' };

// Run by the icon beside its name, or by `superstep test`.
export const tests = {
  'works in both subgraphs at the same time, and joins what they found': {
    nodes: {
      'planning:ask_why': { questions: ['Why?'] },
      'planning:ask_how': { questions: ['How?'] },
      research: { facts: ['They are round.'] },
    },
    expect: {
      ran: { 'planning:headline': 1, write: 1 },
      together: [
        ['research', 'planning'],
        ['planning:ask_why', 'planning:ask_how'],
      ],
    },
  },
} satisfies GraphTests;
