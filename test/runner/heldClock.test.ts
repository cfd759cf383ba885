import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeldClock } from '../../src/runner/debug/heldClock.ts';
import { FakeClock } from '../fakes/clock.ts';

/** A clock whose timers come late, as after a stop at a breakpoint. */
class Held extends FakeClock {
  #heldMs = 0;

  hold(ms: number): void {
    this.#heldMs += ms;
  }

  override now(): number {
    return super.now() + this.#heldMs;
  }
}

test('HeldClock tells the time of the clock behind it while nothing holds the process', async () => {
  const system = new FakeClock();
  const clock = new HeldClock(system);
  await system.advance(5000);
  assert.equal(clock.now(), 5000);
  assert.equal(clock.epoch(), system.epoch());
});

test('HeldClock leaves out what a debugger held, and is due no sooner for it', async () => {
  const system = new Held();
  const clock = new HeldClock(system);
  let calls = 0;
  clock.after(3000, () => calls++);
  const cancel = clock.after(3000, () => calls++);
  await system.advance(1000);
  system.hold(60_000);
  await system.advance(1900);
  assert.equal(calls, 0);
  assert.ok(clock.now() < 3000, String(clock.now()));
  cancel();
  await system.advance(300);
  assert.equal(calls, 1);
});
