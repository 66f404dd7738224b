import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./earmark.ts";

const lines = [
  "Customer: I've been on hold for an hour, and I was charged $40 twice.",
  "Agent: I'm sorry to hear that. Could I take your order number?",
  "Customer: It's 4 5 6 7 8. Forty dollars is a lot of money.",
  "Agent: Thank you. I can see it, and the engineer comes on February 4th.",
  "Customer: My name is John Smith, I live in Manchester.",
  "Agent: All done, the refund is on its way.",
  "Customer: That's brilliant, thank you so much, you've been very helpful!",
  "Agent: You're welcome.",
];

test("how a conversation felt and what it speaks of is shown, and each place can be gone to by keyboard", async ({
  app,
}, info) => {
  const { page } = app;
  const file = join(tmpdir(), `insight-${info.workerIndex}.txt`);
  await writeFile(file, lines.join("\n"));
  await app.drop([file]);
  const row = page.getByRole("row", { name: /insight-/u });
  await expect(row).toContainText("Ready", { timeout: 60_000 });
  await row.dblclick();
  await page.getByRole("tab", { name: "Insight" }).click();
  const panel = page.getByTestId("insight");
  await expect(panel.getByRole("row", { name: /Customer/u })).toContainText("Rising");
  await expect(panel.getByText("This machine: 8 turns")).toBeVisible();

  const amount = panel.locator("details").filter({ hasText: "$40" });
  await expect(amount).toContainText("2 times");
  await amount.locator("summary").focus();
  await page.keyboard.press("Enter");
  await amount.getByRole("button", { name: /Forty dollars/u }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Forty dollars is a lot of money").first()).toBeInViewport();

  await panel.getByRole("toolbar", { name: "Turn by turn" }).getByRole("button").first().focus();
  await page.keyboard.press("End");
  await expect(page.locator(":focus")).toHaveAccessibleName(/Agent/u);

  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
    ] as const) {
      await page.setViewportSize({ width, height });
      await info.attach(`${scheme}-${width}`, { body: await page.screenshot(), contentType: "image/png" });
      await page.screenshot({ path: info.outputPath(`insight-${scheme}-${width}.png`) });
    }
    const { violations } = await new AxeBuilder({ page }).include('[data-testid="insight"]').analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  }
});
