// The reducer of messages, called with what is not in a state: no list, no ids, no messages.
import { AIMessage, HumanMessage, RemoveMessage, type BaseMessage } from '@langchain/core/messages';
import { messagesStateReducer } from 'superstep';

const add = messagesStateReducer as (left: unknown, right: unknown) => BaseMessage[];

function show(messages: readonly BaseMessage[]) {
  const told = messages.map((message) => {
    const id = message.id === undefined || message.id.length < 9 ? message.id : 'made';
    return `${message.getType()} ${message.text} (${id})`;
  });
  console.log(told.join(', '));
}

show(add('Hi', [new AIMessage('Hello')]));
show(add({ role: 'user', content: 'Hi' }, 'Hello'));
show(add([['user', 'Hi'], { role: 'assistant', content: 'Hello' }], []));
show(add([new HumanMessage('One'), new HumanMessage('Two')], [new AIMessage('Three')]));
const known = new HumanMessage({ content: 'Known', id: '1' });
show(add([known, new HumanMessage('New')], [new RemoveMessage({ id: '1' })]));

// Who has handed a message over finds it by its id in what comes back.
const given = new HumanMessage('Given');
const [first] = add([given], []);
console.log(first!.id === given.id);
show(add(add([given], []), [new RemoveMessage({ id: given.id! })]));
