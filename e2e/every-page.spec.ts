import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, root, test } from "./earmark.ts";

/* Every page in both themes: without an accessibility violation, and with a screenshot to be looked at. */

const screens = join(root, "build", "test", "screens");

async function inspect(page: Page, name: string): Promise<void> {
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", scheme);
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
    ] as const) {
      await page.setViewportSize({ width, height });
      // The waveform is drawn anew a moment after the window has its size.
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(screens, `${name}-${scheme}-${width}.png`) });
    }
    // Without preload: axe would copy the waveform's own styles into the page without the nonce, which the policy refuses.
    const { violations } = await new AxeBuilder({ page }).options({ preload: false }).analyze();
    expect(
      violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(" ")).join("; ")}`),
    ).toEqual([]);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

test("every page is free of accessibility violations in both themes", async ({ app }) => {
  // Every page twice in each theme, each with a look for violations.
  test.slow();
  const { page } = app;
  await expect(page.getByRole("heading", { name: "Nothing to hear yet" })).toBeVisible();
  await inspect(page, "library-empty");

  await page.getByRole("button", { name: "Open the sample conversations" }).click();
  await expect(page.getByRole("row")).toHaveCount(9, { timeout: 60_000 });
  await expect(page.getByText("In work")).toHaveCount(0, { timeout: 120_000 });
  await inspect(page, "library");

  for (const [kind, title] of [
    ["one", /Northwind Bank assistant: a payment/u],
    ["two", /Metro Travel/u],
    ["three", /City Telecom/u],
    ["four", /Bluebird Energy/u],
  ] as const) {
    await page.getByRole("link", { name: "Library" }).click();
    await page.getByRole("row", { name: title }).dblclick();
    await expect(page.getByRole("region", { name: /Transcript|Messages/u })).toBeVisible();
    await inspect(page, `review-${kind}`);
  }

  for (const place of ["My day", "Checklists", "Insights", "Journeys", "Queue", "Ledger", "Settings"]) {
    await page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: place, exact: true }).click();
    await expect(page.getByRole("heading", { name: place, level: 1 })).toBeVisible();
    await inspect(page, place.toLowerCase().replaceAll(" ", "-"));
  }

  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await inspect(page, "keys");
});
