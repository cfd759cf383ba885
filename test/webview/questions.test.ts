import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Locator } from 'playwright-core';
import type { FromWebview, PauseCard, QuestionCard } from '../../src/protocol/webviewMessages.ts';
import { launchBrowser } from '../host/browser.ts';
import { findBarriers } from './findBarriers.ts';
import { withPanel, type Panel } from './openPanel.ts';
import { done, parallelNodes, progress, question, waits } from './sampleGraphs.ts';
import { everyQuestion, interrupt, review, schema } from './sampleQuestions.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const started = { type: 'runStarted', revision: 1 };

/** Draws a graph whose run waits for these. */
async function ask(
  panel: Panel,
  questions: readonly QuestionCard[],
  rest: { readonly pause?: PauseCard; readonly obstacle?: string } = {},
): Promise<void> {
  if ((await panel.posted()).every(({ type }) => type !== 'drawn')) await panel.draw(parallelNodes);
  await panel.send(started, progress(done('node_a', 5), waits('node_b')), {
    type: 'runEnded',
    revision: 1,
    status: 'waiting',
    durationMs: 12,
    waits: { questions, ...rest },
  });
}

function card(panel: Panel, nth = 0): Locator {
  return panel.page.locator('article.card').nth(nth);
}

function press(within: Locator, name: string): Promise<void> {
  return within.getByRole('button', { name, exact: true }).click();
}

/** What was sent on, without what else the panel tells. */
async function sent(panel: Panel): Promise<FromWebview[]> {
  return (await panel.posted()).filter(({ type }) => type === 'answer' || type === 'goOn');
}

test('a text is answered with Enter, and not before something was typed', () =>
  withPanel(browser, {}, async (panel) => {
    await ask(panel, [question('1', 'Your <b>name</b>?', { asker: 'outer › ask' })]);
    assert.equal(await card(panel).locator('.asked').textContent(), 'Your <b>name</b>?');
    const box = card(panel).getByRole('textbox', { name: 'Answer', exact: true });
    await box.press('Enter');
    assert.equal(await card(panel).getByRole('alert').textContent(), 'Type an answer');
    await box.fill('Ann');
    await box.press('Shift+Enter');
    assert.deepEqual(await sent(panel), []);
    await box.press('Enter');
    const answer = { choices: [{ option: 0, input: 'Ann\n' }] };
    assert.deepEqual(await sent(panel), [{ type: 'answer', answers: [{ id: '1', answer }] }]);
    // Until the run goes on there is nothing more to do.
    assert.ok(await box.isDisabled());
  }));

test('a choice is the answer to the only question, by click or by key', () =>
  withPanel(browser, {}, async (panel) => {
    await ask(panel, [question('1', { question: 'Which?', options: ['red', 'green'] })]);
    await card(panel).getByRole('button', { name: 'green' }).focus();
    await panel.page.keyboard.press('Enter');
    const answer = { choices: [{ option: 1 }] };
    assert.deepEqual(await sent(panel), [{ type: 'answer', answers: [{ id: '1', answer }] }]);
  }));

test('several questions are answered one by one, or together', () =>
  withPanel(browser, {}, async (panel) => {
    const questions = [
      question('1', { options: ['red', 'green'] }),
      question('2', 'Your name?', { asker: 'name' }),
    ];
    await ask(panel, questions);
    await press(card(panel), 'red');
    assert.deepEqual(await sent(panel), []);
    await press(panel.page.locator('#waits'), 'Send All 2 Answers');
    assert.equal(await card(panel, 1).getByRole('alert').textContent(), 'Type an answer');
    await card(panel, 1).getByRole('textbox', { name: 'Answer', exact: true }).fill('Ann');
    await press(panel.page.locator('#waits'), 'Send All 2 Answers');
    const red = { id: '1', answer: { choices: [{ option: 0 }] } };
    const ann = { id: '2', answer: { choices: [{ option: 0, input: 'Ann' }] } };
    assert.deepEqual(await sent(panel), [{ type: 'answer', answers: [red, ann] }]);

    // One by one: what was typed for the other one stays.
    await ask(panel, questions);
    await press(card(panel), 'Send the answer to ask');
    assert.deepEqual((await sent(panel)).at(-1), { type: 'answer', answers: [red] });
    await panel.send(started);
    assert.equal(await panel.page.locator('#waits').isVisible(), false);
    await ask(panel, questions.slice(1));
    await press(card(panel), 'Send the answer to name');
    const kept = (await sent(panel)).at(-1);
    assert.ok(kept?.type === 'answer' && kept.answers[0]?.id === '2');
  }));

test('a form from a JSON schema says what is wrong where it is wrong', () =>
  withPanel(browser, {}, async (panel) => {
    await ask(panel, [question('1', { question: 'Who?', schema })]);
    const form = card(panel);
    await form.getByRole('textbox', { name: 'Name' }).fill('Ann');
    await form.getByRole('textbox', { name: 'age' }).fill('4.5');
    await press(form, 'Send the answer to ask');
    assert.deepEqual(await form.getByRole('alert').allTextContents(), [
      'A whole number is needed',
      'Choose one of the values',
    ]);
    assert.deepEqual(await sent(panel), []);
    await form.getByRole('textbox', { name: 'age' }).fill('4');
    await form.getByRole('combobox', { name: 'size' }).selectOption('M');
    await press(form, 'Send the answer to ask');
    const input = { name: 'Ann', age: 4, size: 'M' };
    assert.deepEqual(await sent(panel), [
      { type: 'answer', answers: [{ id: '1', answer: { choices: [{ option: 0, input }] } }] },
    ]);
  }));

test('an action is accepted at once, or with edited arguments', () =>
  withPanel(browser, {}, async (panel) => {
    await ask(panel, [question('1', [interrupt])]);
    await press(card(panel), 'Edit');
    const editor = card(panel).getByRole('textbox', { name: 'Arguments of send_email' });
    assert.deepEqual(JSON.parse(await editor.inputValue()), interrupt.action_request.args);
    await editor.fill('{"to": ');
    await press(card(panel), 'Send the answer to ask');
    assert.match((await card(panel).getByRole('alert').textContent())!, /not valid JSON/);
    await editor.fill('{"to": "bob"}');
    await editor.press('Control+Enter');
    const choices = [{ option: 1, input: { to: 'bob' } }];
    assert.deepEqual(await sent(panel), [
      { type: 'answer', answers: [{ id: '1', answer: { choices } }] },
    ]);
  }));

test('each action of a review needs a decision', () =>
  withPanel(browser, {}, async (panel) => {
    await ask(panel, [question('1', review)]);
    const [pay, remove] = [
      card(panel).getByRole('group', { name: 'pay' }),
      card(panel).getByRole('group', { name: 'delete' }),
    ];
    await press(pay, 'Approve');
    await press(card(panel), 'Send the answer to ask');
    assert.equal(await remove.getByRole('alert').textContent(), 'Choose one');
    await press(remove, 'Reject');
    await remove.getByRole('textbox').fill('No');
    await press(card(panel), 'Send the answer to ask');
    const choices = [{ option: 0 }, { option: 1, input: 'No' }];
    assert.deepEqual(await sent(panel), [
      { type: 'answer', answers: [{ id: '1', answer: { choices } }] },
    ]);
  }));

test('any question can be answered with JSON in place of its form', () =>
  withPanel(browser, {}, async (panel) => {
    await ask(panel, [question('1', { options: ['red', 'green'] })]);
    await press(card(panel), 'Answer as JSON');
    await card(panel).getByRole('textbox', { name: 'Answer as JSON' }).fill('{"other": 1}');
    await press(card(panel), 'Send the answer to ask');
    assert.deepEqual(await sent(panel), [
      { type: 'answer', answers: [{ id: '1', answer: { value: { other: 1 } } }] },
    ]);
  }));

test('a breakpoint lets the run go on, with an edited state or without', () =>
  withPanel(browser, {}, async (panel) => {
    const pause = { places: ['before node_b'], since: '12:00:00', state: '{\n  "a": 1\n}' };
    await ask(panel, [], { pause });
    await press(card(panel), 'Go On');
    assert.deepEqual(await sent(panel), [{ type: 'goOn' }]);
    await ask(panel, [], { pause });
    await press(card(panel), 'Edit State First');
    const editor = card(panel).getByRole('textbox', { name: 'State' });
    await editor.fill('4');
    await press(card(panel), 'Write State and Go On');
    assert.match((await card(panel).getByRole('alert').textContent())!, /object is needed/);
    await editor.fill('{"a": 2}');
    await press(card(panel), 'Write State and Go On');
    assert.deepEqual((await sent(panel)).at(-1), { type: 'goOn', state: { a: 2 } });
  }));

test('where nobody can answer, the cards say why', () =>
  withPanel(browser, {}, async (panel) => {
    await ask(panel, [question('1', { options: ['red'] })], { obstacle: 'Not <b>here</b>' });
    assert.equal(await panel.page.locator('.obstacle').textContent(), 'Not <b>here</b>');
    assert.ok(await card(panel).getByRole('button', { name: 'red' }).isDisabled());
  }));

test('cards come back to life when nothing has come of an answer', () =>
  withPanel(browser, {}, async (panel) => {
    const questions = [question('1', { options: ['red'] })];
    await ask(panel, questions);
    await press(card(panel), 'red');
    assert.ok(await card(panel).getByRole('button', { name: 'red' }).isDisabled());
    const end = { type: 'runEnded', revision: 1, durationMs: 1 };
    await panel.send({ ...end, status: 'waiting', waits: { questions } });
    assert.ok(await card(panel).getByRole('button', { name: 'red' }).isEnabled());
    await panel.send({ ...end, status: 'failed', message: 'stale', waits: { questions } });
    assert.equal(await panel.page.locator('#problem').innerText(), 'stale');
    assert.ok(await card(panel).isVisible());
  }));

test('an answer that the node refuses stays in its field, with the reason beside it', () =>
  withPanel(browser, {}, async (panel) => {
    const questions = [question('1', 'Your age?'), question('2', 'Your name?', { asker: 'name' })];
    await ask(panel, questions);
    const box = card(panel).getByRole('textbox', { name: 'Answer', exact: true });
    await box.fill('old');
    await box.press('Enter');
    await panel.send(started, {
      ...{ type: 'runEnded', revision: 1, durationMs: 1, status: 'failed', waits: { questions } },
      message: 'In node "ask": <b>old</b> is no number',
    });
    assert.equal(await box.inputValue(), 'old');
    assert.ok(await box.isEnabled());
    assert.deepEqual(await panel.page.locator('#waits').getByRole('alert').allTextContents(), [
      'This answer was not taken. In node "ask": <b>old</b> is no number',
    ]);
    assert.deepEqual(await findBarriers(panel.page), []);
    // What comes of the next answer has nothing to do with it.
    await box.fill('44');
    await box.press('Enter');
    await ask(panel, questions.slice(1));
    assert.equal(await panel.page.locator('#waits').getByRole('alert').count(), 0);
  }));

test('a question can be put off, and taken up again as it was', () =>
  withPanel(browser, {}, async (panel) => {
    const waits = panel.page.locator('#waits');
    const names = ['ann', 'bob', 'cid'];
    await ask(
      panel,
      names.map((name) => question(name, 'Yes?', { asker: name })),
    );
    const box = card(panel, 1).getByRole('textbox', { name: 'Answer', exact: true });
    await box.fill('no');
    await press(waits, 'Later: bob');
    assert.ok(await box.isHidden());
    assert.equal(await card(panel, 1).locator('.name').innerText(), 'bob');
    assert.ok(await waits.getByRole('button', { name: 'Send All 2 Answers' }).isVisible());
    assert.deepEqual(await findBarriers(panel.page), []);
    await press(waits, 'Later: ann');
    assert.equal(await waits.getByRole('button', { name: /^Send All/ }).count(), 0);
    await press(waits, 'Answer: bob');
    assert.equal(await box.inputValue(), 'no');
    await press(waits, 'Send All 2 Answers');
    assert.equal(await card(panel, 2).getByRole('alert').textContent(), 'Type an answer');
    assert.deepEqual(await sent(panel), []);
  }));

test('hostile values and names are text, wherever they stand', () =>
  withPanel(browser, {}, async (panel) => {
    const evil = '<img src=x onerror="noteFault(1)"><script>noteFault(2)</script>';
    const names = { type: 'object', properties: { [evil]: { title: evil, description: evil } } };
    await ask(
      panel,
      [
        question('1', evil, { asker: evil }),
        question('2', { options: [evil, { label: evil, value: evil }] }),
        question('3', { schema: { ...names, required: [evil] } }),
        question('4', { actionRequests: [{ name: evil, args: { [evil]: evil } }] }),
        question('__proto__', { schema: { type: 'object', properties: { __proto__: {} } } }),
      ],
      { pause: { places: [evil, evil], since: evil, state: JSON.stringify({ [evil]: evil }) } },
    );
    assert.equal(await panel.page.locator('#waits :is(img, script)').count(), 0);
    assert.equal(await card(panel).locator('.name').textContent(), evil);
  }));

test('the panel stays usable in a narrow column, with every kind of question', () =>
  withPanel(browser, { size: { width: 320, height: 640 } }, async (panel) => {
    await ask(panel, everyQuestion);
    const wide = await panel.page.evaluate(
      () => (globalThis as any).document.documentElement.scrollWidth as number,
    );
    assert.ok(wide <= 320, `${wide} pixels wide`);
    const stage = await panel.page.locator('#stage').boundingBox();
    assert.ok(stage && stage.height > 80, `the diagram has ${stage?.height} pixels`);
  }));
