import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect as patience, test } from "./earmark.ts";
import { expectNoViolations, picture, samples } from "./looking.ts";

/* A compliance officer reads the ledger, verifies it, exports it and changes its key; and reports what is selected. */

const expect = patience.configure({ timeout: 45_000 });
test.setTimeout(300_000);

test("the ledger is read, filtered, verified, exported, and goes on under a new key", async ({ app }) => {
  const { page } = app;
  await app.drop([join(samples, "metro-travel-chat.json")]);
  await expect(page.getByRole("row", { name: /metro-travel-chat/u })).toContainText("Ready", { timeout: 90_000 });

  await page.keyboard.press("Alt+g");
  await expect(page.getByRole("heading", { name: "Ledger", level: 1 })).toBeVisible();
  const list = page.getByRole("listbox", { name: "Entries of the ledger" });
  await expect(list.getByRole("option").first()).not.toContainText("Loading");
  await picture(page, "ledger");
  await expectNoViolations(page);

  // By keys alone: the first entry, then the one before it.
  await list.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  const panel = page.getByRole("complementary", { name: "Entry 1", exact: true });
  await expect(panel).toContainText("The ledger begins");
  await expect(panel).toContainText('"kind":"ledger-begun"');
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("complementary", { name: "Entry 2", exact: true })).toBeVisible();
  await picture(page, "ledger-entry");

  await page.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: /^Import \(/u }).click();
  await expect(page.getByText("1 entry", { exact: true })).toBeVisible();
  await expect(list.getByRole("option")).toHaveCount(1);
  await page.getByRole("button", { name: "All entries" }).click();
  await page.getByLabel("From").fill("2001-01-02");
  await page.getByLabel("To", { exact: true }).fill("2001-01-01");
  await expect(page.getByText("Ends before it begins.")).toBeVisible();
  await page.getByLabel("To", { exact: true }).fill("2001-01-03");
  await expect(page.getByText("No entry is like that.")).toBeVisible();
  await page.getByRole("button", { name: "All entries" }).click();

  await list.focus();
  await page.keyboard.press("Shift+V");
  const verdict = page.getByTestId("ledger-verdict");
  await expect(verdict).toContainText("Nothing was changed");
  await picture(page, "ledger-verified");
  await expectNoViolations(page);

  await page.getByRole("button", { name: "Export", exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "The whole ledger (JSON)" }).click(),
  ]);
  const { format, entries } = JSON.parse(readFileSync(await download.path(), "utf8")) as { format: string; entries: unknown[] };
  expect(format).toBe("earmark-ledger");
  expect(entries.length).toBeGreaterThan(5);

  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog", { name: "Sign with a new key?" });
  await picture(page, "ledger-new-key");
  await dialog.getByRole("button", { name: "Make a new key" }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole("button", { name: /^Show \d+ newer/u }).click();
  await expect(list.getByRole("option").first()).toContainText("Another key signs from the next entry on");
});

test("what is selected is reported: a file of each, and one of all", async ({ app }) => {
  const { page } = app;
  await app.drop([join(samples, "metro-travel-chat.json")]);
  const row = page.getByRole("row", { name: /metro-travel-chat/u });
  await expect(row).toContainText("Ready", { timeout: 90_000 });
  await row.getByRole("checkbox").check();
  await page.getByRole("toolbar").getByRole("button", { name: "Report", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Report the selected conversation" });
  await expect(dialog.getByRole("radio", { name: "A report of each" })).toBeVisible();
  await picture(page, "bulk-report");
  await expectNoViolations(page, "[role=dialog]");
  const [zip] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("button", { name: "Save report" }).click()]);
  expect(zip.suggestedFilename()).toMatch(/^earmark reports .*\.zip$/u);
  expect(
    readFileSync(await zip.path())
      .subarray(0, 2)
      .toString(),
  ).toBe("PK");
  await expect(dialog).toBeHidden();

  await page.keyboard.press("Alt+Shift+R");
  await dialog.getByRole("radio", { name: "One report of all" }).check();
  await dialog.getByRole("radio", { name: "JSON, sealed" }).check();
  const [sealed] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Save report" }).click(),
  ]);
  expect(JSON.parse(readFileSync(await sealed.path(), "utf8"))).toMatchObject({
    format: "earmark-sealed",
    data: { report: { kind: "period" }, period: { selected: 1 } },
  });

  // What was reported stands beside the conversation, too.
  await page.keyboard.press("Escape");
  await row.dblclick();
  await page.getByRole("tab", { name: "Details" }).click();
  await expect(page.getByRole("list", { name: "Latest entries of this conversation" })).toContainText("Exported: report as pdf.");
});
