import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { evaluationViewSchema } from "../../../app/contract/conformity-views.ts";
import { exitCodes } from "../exit-codes.ts";
import { type CommandFolder, commandFolder, lateRefund, recordedTerminal } from "./chat-library.test-data.ts";
import { score } from "./score.ts";

let place: CommandFolder;
beforeEach(async () => {
  place = await commandFolder("score");
});
afterEach(() => place.remove());

it("judges a conversation by a file's checklist or by one of the library, with quotes", async () => {
  const { folder, library, bringIn } = place;
  const id = await bringIn("chat.txt", lateRefund);
  const terminal = recordedTerminal();
  const form = join(folder, "form.yaml");
  await writeFile(
    form,
    `schema: earmark-checklist/1
id: apology
version: 1
title: Apology
sections:
  - id: start
    title: Start
    questions:
      - id: sorry
        type: yes-no
        ask: Did the agent apologise?
        answeredBy: { rule: { holds: { said: sorry, by: agent } } }
`,
  );
  expect(await score(id, { library, form }, terminal)).toBe(exitCodes.done);
  const out = terminal.written();
  expect(out).toContain("Apology, version 1 (not submitted)");
  expect(out).toMatch(/Score: 100/u);
  expect(out).toMatch(/1\. Did the agent apologise\?\n {3}Yes, by the machine/u);
  expect(out).toContain("“sorry”");

  const second = recordedTerminal();
  await score(id, { library, form: "service-quality", json: true }, second);
  const view = evaluationViewSchema.parse(JSON.parse(second.written()));
  expect(view.evaluation.form.id).toBe("service-quality");
  await expect(score(id, { library, form: "none-such" }, terminal)).rejects.toMatchObject({ code: "not-found" });
  await writeFile(form, "schema: earmark-checklist/1\nid: apology\n");
  await expect(score(id, { library, form }, terminal)).rejects.toMatchObject({ code: "format-malformed" });
});
