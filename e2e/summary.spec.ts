import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EndpointDouble, startEndpointDouble } from "./aws/bedrock-endpoint-double.ts";
import { honest } from "./aws/reading-model.ts";
import { expect, type RunningEarmark, test } from "./earmark.ts";
import { expectNoViolations, picture } from "./looking.ts";

/* What a language model writes of a conversation, and what stands there without one; and the prompts by which it is written. */

const lines = [
  "Agent: Good morning, Harbour Energy, how can I help?",
  "Customer: My bill has doubled since the spring and nobody can tell me why.",
  "Agent: I am sorry to hear that. The meter was read wrongly in May.",
  "Customer: So what happens with the money that I have paid?",
  "Agent: I will send a refund by Friday, and a colleague calls you back on Monday.",
  "Customer: Thank you, that is all I needed to know.",
];
const knowledge = {
  summary: {
    words: "My bill has doubled",
    found: { text: "The customer's bill had doubled; a meter was read wrongly." },
    absent: null,
  },
  resolved: { words: "a formal complaint", found: { options: ["no"] }, absent: { options: ["yes"] } },
  "next-actions": {
    words: "send a refund by Friday",
    found: {
      items: [
        {
          values: { action: "Send the refund", owner: "agent", due: "by Friday" },
          quotes: [{ from: "5.3", to: "5.7", words: "send a refund by Friday" }],
        },
      ],
    },
    absent: { items: [] },
  },
  "new-prompt": {
    words: "that is all I needed to know",
    found: {
      items: [
        {
          values: { praise: "Got what they needed" },
          quotes: [{ from: "6.3", to: "6.9", words: "that is all I needed to know" }],
        },
      ],
    },
    absent: { items: [] },
  },
};

let endpoint: EndpointDouble;
test.beforeAll(async () => {
  endpoint = await startEndpointDouble();
});
test.beforeEach(() => {
  endpoint.brain = honest(knowledge);
  endpoint.trouble = () => null;
});
test.afterAll(() => endpoint.close());

/** Brings a chat in. */
async function imported(app: RunningEarmark, name: string): Promise<void> {
  const file = join(tmpdir(), `${name}.txt`);
  await writeFile(file, lines.join("\n"));
  await app.drop([file]);
  await expect(app.page.getByRole("row", { name: new RegExp(name, "u") })).toContainText("Ready", { timeout: 60_000 });
}

/** Sets a language model up on this machine, as a person does. */
async function setUp({ page }: RunningEarmark): Promise<void> {
  await page.goto(new URL("/settings#writer", page.url()).href);
  const part = page.locator("#writer");
  await part.getByText("An endpoint of your own", { exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Use it" }).press("Enter");
  const fill = async (label: string, value: string) => {
    await part.getByLabel(label, { exact: true }).fill(value);
    await part.getByLabel(label, { exact: true }).press("Enter");
  };
  await fill("Address", endpoint.url);
  await expect(part.getByText("The endpoint is on this machine: nothing leaves it.")).toBeVisible();
  await fill("Model", "local-model");
  const byItself = part.getByTestId("writing-by-itself").getByRole("switch", { name: /becomes ready/u });
  await expect(byItself).not.toBeChecked();
  await byItself.press("Space");
  await expect(part.getByLabel("By", { exact: true })).toHaveValue("");
  await byItself.press("Space");
  await expect(byItself).not.toBeChecked();
}

test("the summary needs no model, and with one each thing that it writes leads to its words", async ({ app }, info) => {
  const { page } = app;
  const name = `summary-${info.workerIndex}`;
  await imported(app, name);
  await page.getByRole("row", { name: new RegExp(name, "u") }).dblclick();
  await expect(page.getByTestId("transcript")).toBeVisible();
  await page.keyboard.press("Alt+w");
  const panel = page.getByTestId("writing");
  await expect(panel).toBeFocused();
  await expect(panel).toContainText("No language model was asked.");
  await expect(panel.getByRole("link", { name: "Set up a language model" })).toBeVisible();
  await panel.getByRole("button", { name: /My bill has doubled/u }).press("Enter");
  await expect(page.getByText("My bill has doubled").first()).toBeInViewport();
  expect(endpoint.seen).toHaveLength(0);
  await picture(page, "summary-local");
  await expectNoViolations(page, '[data-testid="writing"]');
  const address = page.url();

  await setUp(app);
  await page.goto(address);
  await page.getByRole("tab", { name: "Summary" }).click();
  await expect(panel).toContainText("Nothing has been written of this conversation yet.");
  await panel.getByRole("button", { name: "Write everything", exact: true }).press("Enter");
  const item = (prompt: string) => panel.locator(`[data-prompt="${prompt}"]`);
  await expect(item("summary")).toContainText("a meter was read wrongly", { timeout: 20_000 });
  await expect(item("summary")).toContainText("local-model, prompt summary version 1");
  await expect(item("next-actions")).toContainText("Send the refund");
  await expect(item("next-actions").locator("dd").first()).toHaveText("agent");
  await expect(item("resolved")).toContainText("Looked for and not found: a formal complaint");
  await expect(item("topic")).toContainText("Left to a person");
  await item("next-actions")
    .getByRole("button", { name: /send a refund by Friday/u })
    .press("Enter");
  await expect(page.getByText("send a refund by Friday").first()).toBeInViewport();
  await picture(page, "summary-written");
  await expectNoViolations(page, '[data-testid="writing"]');
  await page.emulateMedia({ colorScheme: "dark" });
  await expectNoViolations(page, '[data-testid="writing"]');
  await page.emulateMedia({ colorScheme: "light" });

  // Written again alone: the others stay, and what was written before is kept.
  endpoint.brain = honest({ ...knowledge, summary: { ...knowledge.summary, found: { text: "A bill had doubled." } } });
  await item("summary")
    .getByRole("button", { name: /Write again/u })
    .press("Enter");
  await expect(item("summary")).toContainText("A bill had doubled.", { timeout: 20_000 });
  await item("summary").getByText("1 earlier").click();
  await expect(item("summary")).toContainText("a meter was read wrongly");

  // What cannot be written says why, and what there was is still there.
  endpoint.trouble = () => ({ kind: "refuse", status: 401, name: "unauthorized" });
  await item("resolved")
    .getByRole("button", { name: /Write again/u })
    .press("Enter");
  await expect(panel).toContainText("Nothing came of writing:", { timeout: 20_000 });
  await expect(item("resolved")).toContainText("Looked for and not found");
});

test("a prompt is written, its mistakes are told by their lines, it is tried on a conversation and kept by version", async ({
  app,
}, info) => {
  const { page } = app;
  await imported(app, `prompts-${info.workerIndex}`);
  await setUp(app);
  await page.goto(new URL("/prompts", page.url()).href);
  await expect(page.getByRole("row", { name: /Contact summary/u })).toContainText("10 prompts");
  await expect(page.getByRole("row", { name: /What happened in this conversation/u })).toContainText("Comes with Earmark");
  await picture(page, "prompts-list");
  await expectNoViolations(page);
  await page.getByRole("button", { name: "New prompt" }).press("Enter");

  const text = page.getByRole("textbox", { name: "Text of the prompt" });
  await expect(page.getByTestId("form-faults")).toContainText("Nothing is wrong.");
  const trial = page.getByTestId("prompt-trial");
  await trial.getByRole("button", { name: "Try it on this conversation" }).press("Enter");
  await expect(trial).toContainText("Got what they needed", { timeout: 20_000 });
  await expect(trial.getByRole("link", { name: /that is all I needed to know/u })).toBeVisible();
  await picture(page, "prompts-editor");
  await expectNoViolations(page);

  await text.press("Control+End");
  await text.pressSequentially("tone: rude");
  await expect(page.getByTestId("form-faults")).toContainText("Nothing is called 'tone' here.");
  await page.keyboard.press("Shift+Home");
  await page.keyboard.press("Delete");
  await expect(page.getByTestId("form-faults")).toContainText("Nothing is wrong.");
  await text.press("Control+s");
  await expect(page).toHaveURL(/\/prompts\/prompt\/new-prompt$/u);
  await page.getByRole("tab", { name: "Versions" }).press("Enter");
  await expect(page.getByTestId("checklist-versions")).toContainText("version 1");
  await page.getByRole("link", { name: "All prompts" }).press("Enter");
  await expect(page.getByRole("row", { name: /What did the customer praise/u })).toContainText("Yours");
});
