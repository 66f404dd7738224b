import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "./earmark.ts";
import { expectNoViolations, picture } from "./looking.ts";

/* What rules have hidden comes back on the page, with a reason and by keys, and is hidden again by undo. */

const lines = [
  "Agent: Could I take your account number?",
  "Customer: It's the account number 73920185, and my card is 4012 8888 8888 1881.",
  "Agent: Thank you.",
];

test("a person brings back what was hidden, says why, and hides it again", async ({ app }, info) => {
  const { page } = app;
  const file = join(tmpdir(), `bring-back-${info.workerIndex}.txt`);
  await writeFile(file, lines.join("\n"));
  await app.drop([file]);
  const row = page.getByRole("row", { name: /bring-back-/u });
  await expect(row).toContainText("Ready", { timeout: 60_000 });
  await row.dblclick();
  const turn = page.getByTestId("transcript").getByRole("article").nth(1);
  await expect(turn).toContainText("[bank account]");
  await turn.getByText("[bank account]").click();
  await page.keyboard.press("Control+Shift+X");
  const dialog = page.getByRole("dialog", { name: "Redact what was said" });
  const section = dialog.getByRole("region", { name: "Bring back what was hidden" });
  // The card number is nobody's to bring back.
  await expect(section.getByRole("checkbox")).toHaveCount(1);
  await expect(section.getByRole("checkbox", { name: /Bank account/u })).toBeChecked();
  await expect(section.getByRole("button", { name: "Bring back" })).toBeDisabled();
  await section.getByRole("textbox", { name: "Reason" }).fill("The customer asks for a refund");
  await picture(page, "bring-back");
  await expectNoViolations(page, '[role="dialog"]');
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(turn).toContainText("account number 73920185, and my card is [card number]");
  await expect(turn.getByTitle("Brought back by a person, on this page alone")).toBeVisible();
  await picture(page, "brought-back");
  await page.keyboard.press("Control+z");
  await expect(turn).toContainText("[bank account]");
  await expect(turn).not.toContainText("73920185");
});
