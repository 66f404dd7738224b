import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, root, test } from "./earmark.ts";

const screens = join(root, "build", "test", "screens");

test("what is done with personal data is set with the keyboard, and kept", async ({ app }) => {
  const { page } = app;
  await expect(page.getByRole("heading", { name: "Nothing to hear yet" })).toBeVisible();
  await page.getByRole("link", { name: "Settings" }).click();
  const section = page.getByRole("region", { name: "Personal data" });
  const name = section.getByRole("radiogroup", { name: "What is done with: Name" });
  await expect(name.getByRole("radio", { name: "Keep" })).toBeChecked();
  await expect(section.getByRole("radiogroup", { name: /Security code/u }).getByRole("radio", { name: "Keep" })).toBeDisabled();

  await name.getByRole("radio", { name: "Keep" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(name.getByRole("radio", { name: "Mask" })).toBeChecked();
  await section.scrollIntoViewIfNeeded();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
    ] as const) {
      await page.setViewportSize({ width, height });
      await section.evaluate((element) => element.scrollIntoView());
      await page.waitForTimeout(300);
      await page.screenshot({ path: join(screens, `redaction-policy-${colorScheme}-${width}.png`) });
    }
    const { violations } = await new AxeBuilder({ page }).options({ preload: false }).include("#redaction").analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join("; ")}`)).toEqual([]);
  }

  await page.reload();
  await expect(name.getByRole("radio", { name: "Mask" })).toBeChecked();
  await section.getByRole("button", { name: "Back to the usual" }).click();
  await expect(name.getByRole("radio", { name: "Keep" })).toBeChecked();
});
