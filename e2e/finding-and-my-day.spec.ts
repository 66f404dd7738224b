import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, root, test } from "./earmark.ts";

/* Finding: operators, a filter, a saved view. My day: a sample is drawn, its reviews are opened one after the other and finished. */

const screens = join(root, "build", "test", "screens");

async function inspect(page: Page, name: string): Promise<void> {
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(300);
      await page.screenshot({ path: join(screens, `${name}-${scheme}-${width}.png`) });
    }
    const { violations } = await new AxeBuilder({ page }).options({ preload: false }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join("; ")}`)).toEqual([]);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

test("a search is filtered, saved as a view, and found again; a sample is reviewed one after the other", async ({ app }) => {
  const { page } = app;
  await page.getByRole("button", { name: "Open the sample conversations" }).click();
  await expect(page.getByRole("row")).toHaveCount(9, { timeout: 60_000 });
  // What is written is ready at once; nothing here needs the recordings to be heard.
  for (const title of [/Metro Travel/u, /asked again for what the bot knew/u, /a payment, then a question/u]) {
    await expect(page.getByRole("row", { name: title })).toContainText("Ready", { timeout: 60_000 });
  }

  await page.keyboard.press("/");
  await page.keyboard.type("channel:cha");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("list", { name: "Filters in force" })).toContainText("channel:chat");
  await expect(page.getByRole("row")).toHaveCount(3);
  await inspect(page, "library-filtered");

  await page.getByRole("button", { name: /^Views: / }).click();
  await page.getByRole("menuitem", { name: "Save this view …" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Chats");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Views: Chats" })).toBeVisible();
  await page.getByRole("button", { name: "Views: Chats" }).click();
  await page.getByRole("menuitem", { name: "All", exact: true }).click();
  await expect(page.getByRole("row")).toHaveCount(9);
  await page.getByRole("button", { name: "Views: All" }).click();
  await page.getByRole("menuitem", { name: "Chats", exact: true }).click();
  await expect(page.getByRole("row")).toHaveCount(3);

  await page.getByRole("link", { name: "My day" }).click();
  await expect(page.getByRole("heading", { name: "Nothing waits for you" })).toBeVisible();
  await page.getByRole("button", { name: "Draw a sample" }).first().click();
  await page.getByRole("textbox", { name: "Name" }).fill("Two today");
  await page.getByRole("textbox", { name: "How many" }).fill("2");
  await page.getByRole("textbox", { name: "Seed" }).fill("seven");
  await page.getByRole("button", { name: "Draw and assign" }).click();
  const list = page.getByRole("table", { name: "What waits" });
  await expect(list.getByRole("row")).toHaveCount(3);
  await expect(list).toContainText("Random sample");
  await expect(page.getByText("Seed seven")).toBeVisible();
  await inspect(page, "my-day");

  await page.getByRole("button", { name: "Open the next" }).click();
  const strip = page.getByRole("region", { name: "Review", exact: true });
  await expect(strip).toContainText("1 more waits");
  const first = page.url();
  await strip.getByRole("button", { name: "Finish, open next" }).click();
  await expect(strip.getByRole("button", { name: "Finish review" })).toBeVisible();
  expect(page.url()).not.toBe(first);
  await strip.getByRole("button", { name: "Finish review" }).click();
  await expect(strip).toContainText("Reviewed");
  await strip.getByRole("link", { name: "My day" }).click();
  await expect(page.getByText(/2 finished today/u)).toBeVisible();
});
