import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { type EndpointDouble, startEndpointDouble } from "./aws/bedrock-endpoint-double.ts";
import { honest } from "./aws/reading-model.ts";
import { expect, test } from "./earmark.ts";
import { expectNoViolations, picture } from "./looking.ts";

/* Questions to one conversation and to many, by keyboard: passages without a language model, proven answers with one. */

const calls = [
  ["My refund is late, and I want to cancel.", "I am sorry for that. I will send it by Friday."],
  ["Where is my refund?", "I am sorry for that. It is on its way."],
  ["My router shows a red light.", "Please restart it, and wait for a minute."],
];
let endpoint: EndpointDouble;

test.beforeAll(async () => {
  endpoint = await startEndpointDouble();
  endpoint.brain = honest({
    asked: { words: "I am sorry for that", found: { options: ["yes"] }, absent: { options: ["no"] } },
  });
});
test.afterAll(() => endpoint.close());
test.beforeEach(() => {
  endpoint.seen.length = 0;
  endpoint.trouble = () => null;
});

async function bringIn(page: Page, drop: (paths: string[]) => Promise<void>, index: number): Promise<void> {
  const files = await Promise.all(
    calls.map(async ([customer, agent], number) => {
      const path = join(tmpdir(), `asked-${index}-call${number + 1}.txt`);
      await writeFile(path, `Customer: ${customer}\nAgent: ${agent}\nCustomer: Thank you.\nAgent: Goodbye.\n`);
      return path;
    }),
  );
  await expect(page.getByRole("heading", { name: "Nothing to hear yet" })).toBeVisible();
  await drop(files);
  for (const number of calls.keys()) {
    await expect(page.getByRole("row", { name: `asked-${index}-call${number + 1}` })).toContainText("Ready", { timeout: 60_000 });
  }
  // What was brought in is told of in a corner, over what is to be looked at.
  await page.getByTestId("import-results").locator("header").getByRole("button").click();
}

/** Sets up a language model on this machine. */
async function setUpWriter(page: Page): Promise<void> {
  await page.goto(new URL("/settings#writer", page.url()).href);
  const part = page.locator("#writer");
  await part.getByText("An endpoint of your own", { exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Use it" }).press("Enter");
  for (const [label, value] of [
    ["Address", endpoint.url],
    ["Model", "local-model"],
  ] as const) {
    const field = part.getByLabel(label, { exact: true });
    await field.fill(value);
    await field.press("Enter");
  }
  await expect(part.getByText("The endpoint is on this machine: nothing leaves it.")).toBeVisible();
}

test("a conversation is asked: passages without a language model, and with one an answer that its words prove", async ({
  app,
}, info) => {
  const { page } = app;
  await bringIn(page, (paths) => app.drop(paths), info.workerIndex);
  const row = page.getByRole("row", { name: `asked-${info.workerIndex}-call1` });
  await row.dblclick();
  await expect(page.getByRole("region", { name: /Messages|Transcript/u })).toBeVisible();
  await page.keyboard.press("Alt+A");
  const field = page.getByRole("textbox", { name: "Question" });
  await expect(field).toBeFocused();
  await expect(page.getByText("Nothing was asked of this conversation yet.")).toBeVisible();
  await page.keyboard.type("When will the refund be sent?");
  await page.keyboard.press("Enter");
  const asked = page.getByTestId("asked");
  await expect(asked).toContainText("Passages, no answer");
  await expect(asked.getByRole("button", { name: /My refund is late/u })).toBeVisible();
  expect(endpoint.seen).toHaveLength(0);
  await picture(page, "ask-passages");
  await expectNoViolations(page);

  const review = page.url();
  await setUpWriter(page);
  await page.goto(review);
  await expect(page.getByRole("region", { name: /Messages|Transcript/u })).toBeVisible();
  await page.keyboard.press("Alt+A");
  await expect(field).toBeFocused();
  await page.keyboard.type("Did the agent apologise?");
  await page.getByRole("radiogroup", { name: "Answer", exact: true }).getByText("Yes or no").click();
  await field.press("Enter");
  // What would be sent is shown, and nothing is sent before a person has agreed.
  const plan = page.getByTestId("plan");
  await expect(plan).toContainText("go to local-model on this machine");
  await expect(plan.getByRole("button", { name: "Send and ask" })).toBeFocused();
  await picture(page, "ask-plan");
  await expectNoViolations(page);
  expect(endpoint.seen).toHaveLength(0);
  await page.keyboard.press("Enter");
  const first = asked.getByRole("listitem").first();
  await expect(first).toContainText("Did the agent apologise?");
  await expect(first).toContainText("Yes");
  const quote = first.getByRole("button", { name: /I am sorry for that/u });
  await expect(quote).toBeVisible();
  expect(endpoint.seen.length).toBeGreaterThan(0);
  await first.getByText("How it was answered").click();
  await expect(first).toContainText("local-model");
  await picture(page, "ask-answered");
  await expectNoViolations(page);
  await quote.press("Enter");

  // It is there after a restart, too.
  await app.restart();
  await page.goto(new URL(new URL(review).pathname, app.page.url()).href);
  await page.keyboard.press("Alt+A");
  await expect(page.getByTestId("asked")).toContainText("Did the agent apologise?");
});

test("many are asked: agreed to, counted, with those that failed asked again, and exported", async ({ app }, info) => {
  const { page } = app;
  await bringIn(page, (paths) => app.drop(paths), info.workerIndex);
  await page.keyboard.press("Alt+Shift+A");
  await expect(page.getByRole("heading", { name: "Nothing was asked yet" })).toBeVisible();
  await picture(page, "questions-empty");
  await expectNoViolations(page);
  await setUpWriter(page);

  await page.goto(new URL("/", page.url()).href);
  const table = page.getByRole("row", { name: /asked-/u });
  await expect(table).toHaveCount(3);
  await table.first().focus();
  for (const key of ["Space", "Shift+ArrowDown", "Shift+ArrowDown"]) await page.keyboard.press(key);
  await expect(page.getByRole("toolbar")).toContainText("3 selected");
  await page.keyboard.press("Alt+A");
  const dialog = page.getByRole("dialog", { name: "Ask 3 conversations" });
  await dialog.getByRole("textbox", { name: "Question" }).fill("Did the agent apologise?");
  await dialog.getByRole("radiogroup", { name: "Answer", exact: true }).getByText("Yes or no").click();
  await dialog.getByRole("textbox", { name: "Question" }).press("Enter");
  await expect(dialog.getByTestId("plan")).toContainText("3 conversations");
  await picture(page, "questions-plan");
  // One of them is refused the first time.
  endpoint.trouble = ({ message }) =>
    message.includes("router") && endpoint.seen.length < 20 ? { kind: "refuse", status: 400, name: "invalid_request" } : null;
  await page.keyboard.press("Enter");

  await expect(page.getByRole("heading", { name: "Did the agent apologise?", level: 1 })).toBeVisible();
  const digest = page.getByTestId("digest");
  await expect(digest.getByRole("button", { name: /Yes/u })).toContainText("2 (67%)", { timeout: 30_000 });
  await expect(digest.getByRole("button", { name: /Not answered/u })).toContainText("1");
  const answers = page.getByTestId("answers");
  await expect(answers.getByRole("link", { name: /I am sorry for that/u })).toHaveCount(2);
  await picture(page, "question-failed");
  await expectNoViolations(page);
  await digest.getByRole("button", { name: /Not answered/u }).press("Enter");
  await expect(answers.getByRole("listitem").filter({ has: page.getByRole("article") })).toHaveCount(1);

  endpoint.trouble = () => null;
  await page.getByRole("button", { name: "Ask the one again that has not answered" }).press("Enter");
  await page.getByRole("button", { name: "Send and ask" }).press("Enter");
  await expect(digest.getByRole("button", { name: /^No /u })).toContainText("1 (33%)");
  await digest.getByRole("button", { name: /^All/u }).press("Enter");
  await expect(answers.getByRole("article")).toHaveCount(3);
  await picture(page, "question-answered");
  await expectNoViolations(page);

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export (CSV)" }).press("Enter");
  expect((await download).suggestedFilename()).toContain("Answers to");

  // The words that prove an answer are opened where they stand.
  await answers
    .getByRole("link", { name: /I am sorry for that/u })
    .first()
    .press("Enter");
  await expect(page.getByRole("region", { name: /Messages|Transcript/u })).toBeVisible();
  await page.keyboard.press("Alt+Shift+A");
  const list = page.getByRole("table", { name: "Questions that were asked" });
  await expect(list.getByRole("row").nth(1)).toContainText("Yes: 2");
  await picture(page, "questions");
  await expectNoViolations(page);
});
