import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect as patience, root, test } from "./earmark.ts";

/* A report leaves Earmark, and is verified without it. */

const expect = patience.configure({ timeout: 45_000 });
test.setTimeout(240_000);

async function violations(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).options({ preload: false }).analyze();
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join("; ")}`);
}

test("a report is exported, verified without Earmark, and a changed byte is named", async ({ app }, info) => {
  const { page } = app;
  await app.drop([join(root, "resources", "samples", "metro-travel-chat.json")]);
  const row = page.getByRole("row", { name: /metro-travel-chat/u });
  await expect(row).toContainText("Ready", { timeout: 90_000 });
  await row.dblclick();
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "Audit report…" }).click();
  const dialog = page.getByRole("dialog", { name: "Export report" });
  await expect(dialog.getByRole("radio", { name: "PDF, sealed" })).toBeFocused();
  await expect(dialog).toContainText("Nobody has signed this evaluation yet.");
  await page.screenshot({ path: info.outputPath("report-dialog.png") });
  expect(await violations(page)).toEqual([]);
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  expect(download.suggestedFilename()).toMatch(/ report\.pdf$/u);
  const file = info.outputPath("report.pdf");
  await download.saveAs(file);
  await expect(dialog).toBeHidden();

  const auditor = await page.context().newPage();
  await auditor.goto(pathToFileURL(join(root, "resources", "verify", "verify.html")).href);
  const bytes = readFileSync(file);
  // By its bytes: a browser without a locale reads no file whose path has letters beyond ASCII.
  const choose = (name: string) => auditor.locator("#file").setInputFiles({ name, mimeType: "application/pdf", buffer: bytes });
  await choose("report.pdf");
  await expect(auditor.getByRole("heading", { name: "Nothing was changed" })).toBeVisible();
  const at = bytes.indexOf("Nothing of this conversation left the machine");
  expect(at).toBeGreaterThan(0);
  bytes[at] = 0x6e;
  await choose("changed.pdf");
  await expect(auditor.getByText("/data/provenance/statement was changed.")).toBeVisible();
  await auditor.close();
});

test("a compliance officer exports a month", async ({ app }, info) => {
  const { page } = app;
  await page.getByRole("link", { name: "Checklists" }).click();
  await page.getByRole("button", { name: "What can be done with Service quality" }).click();
  await page.getByRole("menuitem", { name: "Report of a period…" }).click();
  const dialog = page.getByRole("dialog", { name: "Report of a period" });
  await expect(dialog.getByLabel("Signed from")).toBeVisible();
  await page.screenshot({ path: info.outputPath("period-dialog.png") });
  expect(await violations(page)).toEqual([]);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Save report" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^Service quality \d{4}-\d{2}-01 to \d{4}-\d{2}-\d{2}\.pdf$/u);
  expect(
    readFileSync(await download.path())
      .subarray(0, 5)
      .toString(),
  ).toBe("%PDF-");
});
