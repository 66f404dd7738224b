import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "./earmark.ts";
import { expectNoViolations, picture } from "./looking.ts";

/* What customers are calling about, the rules it is told by, and who reads it: by keyboard, in both themes, at two sizes. */

const calls = [
  ["I want to cancel my contract, the refund is late again.", "I am sorry. This call is recorded. Let me look at it."],
  ["The refund is late, and my router shows a red light.", "Thank you for calling. How can I help?"],
  ["My router shows a red light since Monday in Leeds.", "I can send an engineer to Leeds."],
  ["I would like to cancel my contract, please.", "Of course. May I ask why?"],
  ["Where is my refund? I live in Leeds, and the refund is late.", "It is on its way."],
  ["The red light on my router is back.", "Please restart it."],
];

async function bringIn(page: Page, drop: (paths: string[]) => Promise<void>, index: number): Promise<void> {
  const files = await Promise.all(
    calls.map(async ([customer, agent], number) => {
      const path = join(tmpdir(), `insights-${index}-call${number + 1}.txt`);
      await writeFile(path, `Customer: ${customer}\nAgent: ${agent}\nCustomer: Thank you, that is brilliant.\nAgent: Goodbye.\n`);
      return path;
    }),
  );
  await drop(files);
  await expect(page.getByRole("row", { name: /insights-/u })).toHaveCount(calls.length, { timeout: 60_000 });
  for (const row of await page.getByRole("row", { name: /insights-/u }).all()) {
    await expect(row).toContainText("Ready", { timeout: 60_000 });
  }
}

test("drivers are counted with their statistics, and each opens its conversations", async ({ app }, info) => {
  const { page } = app;
  await expect(page.getByRole("heading", { name: "Nothing to hear yet" })).toBeVisible();
  await page.keyboard.press("Alt+I");
  await expect(page.getByRole("heading", { name: "Nothing to count yet" })).toBeVisible();
  await picture(page, "insights-empty");
  await expectNoViolations(page);
  await page.keyboard.press("Alt+L");
  await bringIn(page, (paths) => app.drop(paths), info.workerIndex);

  await page.keyboard.press("Alt+I");
  const kinds = page.getByRole("radiogroup", { name: "What is counted" });
  await kinds.getByText("Phrases").click();
  const table = page.getByRole("table", { name: /Phrases/u });
  const light = table.getByRole("row", { name: /red light/u }).first();
  await expect(light).toContainText("Too few to say");
  await expect(page.getByText("All conversations are of this period.")).toBeVisible();
  await picture(page, "insights-phrases");
  await expectNoViolations(page);

  // The figures behind it, and its conversations, by keyboard alone.
  await light.getByRole("button", { name: /The figures behind/u }).focus();
  await page.keyboard.press("Enter");
  await expect(table.getByText(/with 95% confidence/u)).toBeVisible();
  await picture(page, "insights-figures");
  await expectNoViolations(page);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Library" })).toBeVisible();
  await expect(page.getByRole("row", { name: /insights-/u })).toHaveCount(3);

  await page.keyboard.press("Alt+I");
  await kinds.getByText("Named").click();
  await expect(page.getByRole("table").getByRole("row", { name: /Leeds/u })).toBeVisible();
  await kinds.getByText("Categories").click();
  await expect(page.getByRole("table").getByRole("row").nth(1)).toBeVisible();
  await picture(page, "insights-categories-counted");
  await kinds.getByText("Topics").click();
  await picture(page, "insights-topics");
  await expectNoViolations(page);

  // Words, by whom, and when.
  const find = page.getByRole("search", { name: "Who said what, and when" });
  await find.getByLabel("Words said").fill("cancel my contract");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("row", { name: /insights-/u })).toHaveCount(2);
});

test("a category is written with its matches live, saved, switched off, imported and deleted", async ({ app }, info) => {
  const { page } = app;
  await bringIn(page, (paths) => app.drop(paths), info.workerIndex);
  await page.getByRole("row", { name: /insights-\d+-call1/u }).dblclick();
  await expect(page.getByText("cancel my contract").first()).toBeVisible();
  await page.keyboard.press("Alt+C");
  await expect(page.getByRole("heading", { name: "Choose a category, or write a new one" })).toBeVisible();
  await picture(page, "categories");
  await expectNoViolations(page);

  await page.getByRole("button", { name: "New category" }).first().click();
  const text = page.getByRole("textbox", { name: "The rule, as YAML" });
  await text.focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText("id: late-refund\nname: Late refund\nrule:\n  said: refund is late\n  by: robot\n");
  await expect(page.getByText(/rule\.by/u)).toBeVisible();
  await picture(page, "category-fault");
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Line 5" }).focus();
  await page.keyboard.press("Enter");
  await expect(text).toBeFocused();
  await page.keyboard.press("Shift+End");
  await page.keyboard.type("  by: customer");
  await expect(page.getByText("Found where the customer says “refund is late”.")).toBeVisible();
  const call = page.getByTestId("trial-on-call");
  await expect(call.getByText("Found here.")).toBeVisible();
  const library = page.getByTestId("trial-over-library");
  await expect(library.getByText("Found in 3 conversations.")).toBeVisible();
  await picture(page, "category-writing");
  await expectNoViolations(page);

  // What is typed is there again after going elsewhere.
  await page.keyboard.press("Alt+I");
  await page.keyboard.press("Alt+C");
  await page.getByRole("button", { name: "New category" }).first().click();
  await expect(text).toContainText("by: customer");
  page.on("dialog", (asked) => void asked.accept());
  await page.reload();
  await expect(text).toContainText("by: customer");
  await text.focus();
  await page.keyboard.press("Control+s");
  const list = page.getByRole("navigation", { name: "Categories of the library" });
  await expect(list.getByRole("link", { name: /Late refund/u })).toContainText("3", { timeout: 15_000 });
  await page.getByRole("button", { name: "3 conversations with it" }).click();
  await expect(page.getByRole("row", { name: /insights-/u })).toHaveCount(3);
  await page.goBack();

  await library
    .getByRole("link", { name: /refund is late/u })
    .first()
    .click();
  await expect(page).toHaveURL(/\/conversation\/.*turn=/u);
  await expect(page.getByText("refund is late").first()).toBeVisible();
  await page.goBack();

  await page.getByRole("button", { name: "Switch off" }).click();
  await expect(list.getByRole("link", { name: /Late refund/u })).toContainText("off");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export", exact: true }).click();
  expect(await readFile(await (await saving).path(), "utf8")).toContain("said: refund is late");

  const definition = { CategoryName: "long_silence", Rules: [{ NonTalkTimeFilter: { Threshold: 30_000 } }], Tags: [] };
  const choose = async (name: string, content: unknown) => {
    const buffer = Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
    await page.getByRole("button", { name: "Import", exact: true }).first().click();
    await page.getByTestId("import-categories").setInputFiles({ name, mimeType: "application/json", buffer });
  };
  await choose("broken.json", { CategoryName: "bad", Rules: [{ NonTalkTimeFilter: { Threshold: "long" } }] });
  await expect(page.getByRole("dialog")).toContainText("Line 1");
  await picture(page, "category-import-fault");
  await page.keyboard.press("Escape");
  await choose("categories.json", definition);
  await expect(page.getByRole("dialog")).toContainText("Tags is not kept");
  await picture(page, "category-import");
  await page.keyboard.press("Enter");
  await expect(list.getByRole("link", { name: /long silence/u })).toBeVisible();

  await list.getByRole("link", { name: /Late refund/u }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("dialog")).toContainText("No conversation changes.");
  await picture(page, "category-delete");
  await page.getByRole("button", { name: "Delete the category" }).click();
  await expect(list.getByRole("link", { name: /Late refund/u })).toHaveCount(0);
  expect(app.proxied()).toEqual([]);
});

test("who reads is chosen knowing what leaves the machine, and is tried for real", async ({ app }, info) => {
  const { page } = app;
  const map = join(tmpdir(), `insights-map-${info.workerIndex}.csv`);
  await writeFile(map, "Text,Type\nGreen Saver,TARIFF\nOrphan,\n");
  await page.getByRole("link", { name: "Settings" }).click();
  const part = page.getByRole("region", { name: "Language" });
  await part.scrollIntoViewIfNeeded();
  await expect(part.getByText("Nothing leaves this machine.", { exact: true })).toBeVisible();
  await part.getByText("Comprehend alone").click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("What leaves this machine");
  await page.keyboard.press("Escape");
  await expect(part.getByRole("radio", { name: "This machine", exact: true })).toBeChecked();

  await part.getByLabel("String map").fill(map);
  await page.keyboard.press("Enter");
  await part.getByRole("button", { name: "Test these settings" }).click();
  await expect(part.getByTestId("language-trials")).toContainText("line 3: no type");
  await part.getByLabel("Type", { exact: true }).fill("organization");
  await page.keyboard.press("Enter");
  await expect(part.getByRole("textbox", { name: "ORGANIZATION" })).toHaveValue("0.5");
  await part.getByText("Where Comprehend is asked").click();
  await part.getByLabel("Region").fill("nowhere");
  await page.keyboard.press("Enter");
  await expect(part.getByText("Like eu-central-1.")).toBeVisible();
  await picture(page, "settings-language");
  await expectNoViolations(page);
  expect(app.proxied()).toEqual([]);
});
