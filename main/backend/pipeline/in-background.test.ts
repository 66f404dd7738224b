import { setImmediate as breathe } from "node:timers/promises";
import { expect, it } from "vitest";
import { inBackground } from "./in-background.ts";

it("runs once however often it is asked for, once more for what was asked meanwhile, and goes on after a failure", async () => {
  let runs = 0;
  const work = inBackground(async () => {
    runs++;
    await breathe();
    if (runs === 2) throw new Error("The disk is gone.");
  }, new AbortController().signal);
  work.bring();
  work.bring();
  work.bring();
  await work.settled();
  expect(runs).toBe(2);
  work.bring();
  await work.settled();
  expect(runs).toBe(3);
});

it("does nothing once it has been aborted", async () => {
  let runs = 0;
  const work = inBackground(async () => void runs++, AbortSignal.abort());
  work.bring();
  await work.settled();
  expect(runs).toBe(0);
});
