import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "./earmark.ts";

/* What a person sees when something goes wrong: what happened, what was kept, what to do. Never a blank page. */

test.use({ earmark: { models: null } });

/** A WAV of a tone: real sound without a recording beside the repository. */
function tone(seconds: number): Buffer {
  const rate = 8_000;
  const bytes = Buffer.alloc(44 + seconds * rate * 2);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(bytes.length - 44, 40);
  for (let at = 0; at < seconds * rate; at++) bytes.writeInt16LE(Math.round(8_000 * Math.sin(at / 6)), 44 + at * 2);
  return bytes;
}

test("files that cannot be heard say why, and the others are heard", async ({ app }) => {
  const { page } = app;
  const folder = await mkdtemp(join(tmpdir(), "earmark files "));
  try {
    const file = (name: string) => join(folder, name);
    await writeFile(file("empty.wav"), "");
    await writeFile(file("notes.txt"), "Call the garage back.\nBuy milk.\n");
    await writeFile(file("broken.wav"), "RIFF\u0024\u0000\u0000\u0000WAVEfmt broken");
    await writeFile(file("tone.wav"), tone(3));
    await expect(page.getByRole("heading", { name: "Nothing to hear yet" })).toBeVisible();
    await app.drop(["empty.wav", "notes.txt", "broken.wav", "tone.wav"].map(file));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const results = page.getByTestId("import-results");
  await expect(results.getByText("The file is empty.")).toBeVisible({ timeout: 20_000 });
  await expect(results.getByText("Earmark does not know this kind of file.").first()).toBeVisible();
  await expect(page.getByRole("row", { name: /tone/u })).toContainText("Ready", { timeout: 30_000 });
  await results.getByRole("button", { name: "Dismiss" }).first().click();

  // A recording in which nobody speaks is no failure; a failed one says what was kept and what to do.
  await page.getByRole("row", { name: /tone/u }).dblclick();
  await expect(page.getByText("Nobody was heard speaking.")).toBeVisible();
  await page.getByRole("link", { name: "Queue" }).click();
  const failed = page.locator("[data-job][data-state=failed]");
  await expect(failed).toHaveCount(1);
  await expect(failed).toContainText("The file was not touched.");
  await expect(failed.getByRole("button", { name: "Retry broken" })).toBeEnabled();
});

test("a part of the page that cannot be fetched leaves the frame standing, with a remedy", async ({ app }, info) => {
  test.skip(info.project.name !== "loopback", "The desktop shell reads its page from disk.");
  const { page } = app;
  await page.route(/\/assets\/queue-[^/]*\.js$/u, (route) => route.abort());
  await page.reload();
  await page.getByRole("link", { name: "Queue" }).click();
  await expect(page.getByText("A part of this page could not be fetched.").last()).toBeVisible();
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
  await page.unroute(/\/assets\/queue-[^/]*\.js$/u);
  await page.getByRole("link", { name: "Queue" }).click();
  await page.getByRole("button", { name: "Reload the page" }).click();
  await expect(page.getByRole("heading", { name: "Queue" })).toBeVisible();
});

test("a backend that is lost is told, and so is one that was started anew and knows the page no more", async ({ app }, info) => {
  test.skip(info.project.name !== "loopback", "The desktop shell's page ends with its backend.");
  const { page } = app;
  const connection = page.getByTestId("connection");
  await expect(page.getByRole("heading", { name: "Nothing to hear yet" })).toBeVisible();
  await expect(connection).toHaveCount(0);
  await app.stop();
  await expect(connection).toHaveAttribute("data-state", "lost", { timeout: 10_000 });
  await page.route(/\/(events|rpc\/)/u, (route) =>
    route.fulfill({
      status: 401,
      contentType: "application/json",
      body: '{"ok":false,"error":{"code":"not-allowed","message":"","details":{}}}',
    }),
  );
  await expect(connection).toHaveAttribute("data-state", "shut-out", { timeout: 10_000 });
  await expect(connection).toContainText("Open Earmark again");
});
