import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, root, test } from "./earmark.ts";

/* From the empty library to an exported call and back, with hands on the keyboard: the focus is never lost. */

const hasSamples = existsSync(join(root, "resources", "samples", "samples.json"));

/** What has the focus, as a person would call it; null when nothing has. */
function focused(page: Page): Promise<string | null> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return null;
    return element.getAttribute("aria-label") ?? element.textContent ?? "";
  });
}

test("the whole journey by keyboard alone", async ({ app }) => {
  test.skip(!hasSamples, "No samples in this checkout.");
  const { page } = app;
  const press = (...keys: string[]) =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  const held = page.locator(":focus");

  // Tab finds the one button to begin; the first conversation has the focus afterwards.
  const samples = page.getByRole("button", { name: "Open the sample conversations" });
  await expect(samples).toBeVisible();
  for (let step = 0; step < 40 && !(await samples.evaluate((each) => each === document.activeElement)); step++) {
    await press("Tab");
  }
  await press("Enter");
  await expect(page.getByRole("row")).toHaveCount(9, { timeout: 30_000 });
  await expect(held).toHaveAttribute("role", "row");

  // The search takes every letter, those that are commands elsewhere too, and gives the list back.
  await press("/");
  await page.keyboard.type("?r/");
  await expect(page.getByRole("textbox", { name: "Search words and titles" })).toHaveValue("?r/");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await press("Escape");
  await expect(page.getByRole("row", { name: /Bluebird Energy/u })).toContainText("Ready", { timeout: 60_000 });
  await press("ArrowDown");
  await expect(held).toHaveAttribute("role", "row");
  for (let step = 0; step < 8 && !/Bluebird Energy/u.test((await focused(page)) ?? ""); step++) await press("ArrowDown");

  // Open, play, stop.
  await press("Enter");
  await expect(held).toHaveText(/Bluebird Energy/u);
  await press("Space");
  await expect(page.getByTestId("position")).not.toHaveText("0:00");
  await press("Escape");
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();

  // Find, and go back to the words.
  await press("Control+f");
  await page.keyboard.type("o");
  await expect(page.getByTestId("find-count")).toHaveText(/of/u);
  await press("Escape");
  await expect(held).toHaveAttribute("data-testid", "transcript");
  await press("Enter", "ArrowRight", "ArrowDown");
  await expect(held).toHaveAttribute("role", "button");

  // Swap the sides, and undo it: the button that vanishes leaves the focus near by.
  const swap = page.getByRole("button", { name: "Swap agent and customer", exact: true });
  const undo = page.getByRole("button", { name: "Undo last correction" });
  await swap.focus();
  await press("Enter");
  await expect(undo).toBeVisible();
  await undo.focus();
  await press("Enter");
  await expect(undo).toHaveCount(0);
  await expect(swap).toBeFocused();

  // Rename the agent: menu, dialog, and back to where it began.
  const agent = page.getByRole("button", { name: "Voice of Agent" }).first();
  await agent.focus();
  await press("Enter");
  await expect(page.getByRole("menuitem", { name: "Rename Agent" })).toBeFocused();
  await press("Enter");
  await expect(page.getByRole("textbox", { name: "Name" })).toBeFocused();
  await page.keyboard.type("Zoë");
  await press("Enter");
  await expect(page.getByRole("button", { name: "Voice of Zoë" }).first()).toBeFocused();

  // Every format is written.
  const button = page.getByRole("button", { name: "Export" });
  await button.focus();
  for (let index = 0, formats = 1; index < formats; index++) {
    await press("Control+Shift+E");
    const dialog = page.getByRole("dialog", { name: "Export this conversation" });
    const choices = dialog.getByRole("radio");
    formats = await choices.count();
    expect(formats).toBeGreaterThan(10);
    // The one that was written last is chosen; the arrows go on from there.
    await expect(held).toHaveRole("radio");
    if (index > 0) await press("ArrowDown");
    await expect(held).toBeChecked();
    const [download] = await Promise.all([page.waitForEvent("download"), press("Enter")]);
    expect(statSync(await download.path()).size).toBeGreaterThan(0);
    await expect(dialog).toHaveCount(0);
    await expect(button).toBeFocused();
  }

  // Back: on the row that was left.
  await page.getByRole("link", { name: "Back to the list" }).focus();
  await press("Enter");
  await expect(held).toHaveAttribute("role", "row");
  await expect(held).toHaveText(/Bluebird Energy/u);

  // Delete: asked first, with Cancel as the way out; the next row takes the focus.
  await press("Delete");
  await expect(page.getByRole("button", { name: "Cancel", exact: true })).toBeFocused();
  await press("Tab", "Enter");
  await expect(page.getByRole("row")).toHaveCount(8);
  await expect(held).toHaveAttribute("role", "row");
});
