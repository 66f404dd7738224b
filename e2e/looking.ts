import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, root } from "./earmark.ts";

/** Conversations that come with Earmark. */
export const samples = join(root, "resources", "samples");
/** Where pictures of the pages are kept after a run. */
export const screens = join(root, "build", "test", "screens");

/** Asserts that axe has nothing to say about the page, or the part of it that is named. */
export async function expectNoViolations(page: Page, part = "main"): Promise<void> {
  // Without preload: axe would copy the waveform's own styles into the page without the nonce, which the policy refuses.
  const { violations } = await new AxeBuilder({ page }).include(part).options({ preload: false }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}

/** Keeps a picture of the page in both themes and at both sizes, and leaves it light and small. */
export async function picture(page: Page, name: string): Promise<void> {
  for (const [width, height] of [
    [1280, 800],
    [1920, 1080],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: join(screens, `${name}-${width}-${scheme}.png`) });
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: "light" });
}
