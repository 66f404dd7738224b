import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { expect, test } from "./earmark.ts";
import { expectNoViolations, picture } from "./looking.ts";

/* Conversations leave Earmark by one dialog: one as a file, several as an archive, by keyboard. */

const call = `WEBVTT

00:00.000 --> 00:03.000
<v Agent>Hello, thank you for calling. How can I help?

00:03.500 --> 00:07.000
<v Customer>My card is 4111 1111 1111 1111 and the refund is late.
`;

test("a call and a chat are exported, the format is kept, and what a chat cannot be is not offered", async ({ app }, info) => {
  const { page } = app;
  const paths = [join(tmpdir(), `export-${info.workerIndex}-call.vtt`), join(tmpdir(), `export-${info.workerIndex}-chat.txt`)];
  await writeFile(paths[0] ?? "", call);
  await writeFile(paths[1] ?? "", "Customer: مرحبا، أين طلبي؟\nAgent: It is on its way.\n");
  await expect(page.getByRole("heading", { name: "Nothing to hear yet" })).toBeVisible();
  await app.drop(paths);
  for (const name of [/-call/u, /-chat/u])
    await expect(page.getByRole("row", { name })).toContainText("Ready", { timeout: 60_000 });

  await page.getByRole("row", { name: /-call/u }).dblclick();
  await expect(page.getByText("the refund is late").first()).toBeVisible();
  await page.keyboard.press("Control+Shift+E");
  const dialog = page.getByRole("dialog", { name: "Export this conversation" });
  const preview = dialog.getByTestId("export-preview");
  await expect(dialog.getByRole("radio", { name: "Word document (DOCX)" })).toBeFocused();
  await expect(preview).toContainText("[card number]");
  await expect(dialog).toContainText("What is hidden stays hidden in every format.");
  await picture(page, "export-document");
  await expectNoViolations(page);
  await dialog.getByRole("radio", { name: "vCon (IETF draft)" }).check();
  await expect(preview).toContainText('"wtf_transcription"');
  await picture(page, "export-vcon");
  const [one] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  expect(one.suggestedFilename()).toBe(`export-${info.workerIndex}-call.vcon`);
  const vcon = await readFile(await one.path(), "utf8");
  expect(JSON.parse(vcon)).toMatchObject({ parties: [{ role: "agent" }, { role: "customer" }] });
  expect(vcon).not.toContain("4111");
  await expect(dialog).toHaveCount(0);

  // A chat: what was chosen last is kept, and what tells of voices is not for it.
  await page.keyboard.press("Alt+L");
  await page.getByRole("row", { name: /-chat/u }).dblclick();
  await expect(page.getByText("It is on its way.").first()).toBeVisible();
  await page.keyboard.press("Control+Shift+E");
  await expect(dialog.getByRole("radio", { name: "vCon (IETF draft)" })).toBeChecked();
  await expect(dialog.getByRole("radio", { name: "Who spoke when (RTTM)" })).toBeDisabled();
  await dialog.getByRole("radio", { name: "Plain text (TXT)" }).check();
  await expect(preview).toContainText("مرحبا، أين طلبي؟");
  await picture(page, "export-chat");
  await expectNoViolations(page);
  await page.keyboard.press("Escape");

  // Several: an archive, without those that the format cannot hold.
  await page.keyboard.press("Alt+L");
  await page.getByRole("row", { name: /-chat/u }).focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Shift+End");
  await expect(page.getByRole("toolbar", { name: "2 selected" })).toBeVisible();
  await page.keyboard.press("Control+Shift+E");
  const several = page.getByRole("dialog", { name: "Export 2 conversations" });
  await several.getByRole("radio", { name: "Words in time (CTM)" }).check();
  await picture(page, "export-several");
  await expectNoViolations(page);
  const [archive] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  expect(Object.keys(unzipSync(await readFile(await archive.path())))).toEqual([`export-${info.workerIndex}-call.ctm`]);
  await expect(page.getByText("1 could not be written in this format and is left out.")).toBeVisible();
  expect(app.proxied()).toEqual([]);
});
