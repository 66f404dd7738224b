import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { expect, root, sharedFolder, test } from "./earmark.ts";
import { picture } from "./looking.ts";

/*
 * Words come from the demo voice that Earmark brings along. The main job, from a file on the desktop to a word heard: import a real recording by drag and drop, watch it become
 * ready, play from a word, search for it, export it, end Earmark, start it again, find it again; without a network.
 */

const samples = join(root, "resources", "samples");
const humanCall = join(sharedFolder, "audio", "auto-repair-40-stereo.wav");

/** The question of the disclosure, as the checklist that comes with Earmark answers it. */
async function disclosed(page: Page): Promise<Locator> {
  await page.getByRole("tab", { name: /Checklist/u }).click();
  await page.getByTestId("checklist-choice").selectOption("disclosure-and-identity");
  return page.locator('[data-question="disclosed-in-time"]');
}

test.describe("a call with words", () => {
  test("is dropped, heard, read, played from a word, found, exported, and is there after a restart", async ({ app }) => {
    let page = app.page;
    await expect(page.getByRole("heading", { name: "Nothing to hear yet" })).toBeVisible();

    await app.drop([join(samples, "bluebird-energy-bill.opus")]);
    const row = page.getByRole("row", { name: /bluebird-energy-bill/u });
    await expect(row).toBeVisible();
    await expect(row).toContainText("Ready", { timeout: 90_000 });
    await row.dblclick();

    // Who spoke, and what: two lanes, turns with words on the right sides.
    await expect(page.getByRole("heading", { name: "bluebird-energy-bill" })).toBeVisible();
    const transcript = page.getByRole("region", { name: "Transcript" });
    const word = transcript.getByRole("button", { name: /^disappointing/u }).first();
    await expect(word).toBeVisible();

    // Play from the word: the sound stands where the word was spoken, and moves on.
    await word.click();
    const slider = page.getByRole("slider", { name: "Playback position" });
    const at = async () => Number(await slider.getAttribute("aria-valuenow"));
    const truth = JSON.parse(readFileSync(join(samples, "truth", "bluebird-energy-bill.json"), "utf8")) as {
      turns: { words: { text: string; startMs: number }[] }[];
    };
    const said = truth.turns.flatMap((turn) => turn.words).find((entry) => entry.text.startsWith("disappointing"));
    const start = (said?.startMs ?? 0) / 1_000;
    expect(start).toBeGreaterThan(1);
    await expect.poll(at).toBeGreaterThanOrEqual(Math.floor(start));
    expect(await at()).toBeLessThan(start + 10);
    await expect.poll(at).toBeGreaterThan(start + 1);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();

    // The disclosure that the agent left out is found missing.
    await expect(await disclosed(page)).toContainText(/\bNo\b/u);

    // Export: a file with the words in it.
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByRole("menuitem", { name: "Transcript…" }).click();
    await page.getByRole("radio", { name: /TXT/u }).check();
    const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    expect(readFileSync(await download.path(), "utf8")).toMatch(/disappointing/iu);

    // End as a crash would, start again, and find it by a phrase.
    page = await app.restart({ hard: true });
    // The window is back at the call.
    await page.getByRole("link", { name: "Library" }).click();
    await page.getByRole("textbox", { name: "Search words and titles" }).fill('"very disappointing"');
    const found = page.getByRole("row", { name: /bluebird-energy-bill/u });
    await expect(found).toBeVisible();
    await expect(found.locator("mark").first()).toHaveText(/disappointing|very/iu);
  });

  test("has its card number masked before anybody can search for it", async ({ app }) => {
    const { page } = app;
    await app.drop([join(samples, "city-telecom-fault.mp3")]);
    const row = page.getByRole("row", { name: /city-telecom-fault/u });
    await expect(row).toContainText("Ready", { timeout: 90_000 });
    await row.dblclick();
    // Only the turns in view are drawn: the one with the number is further down.
    const transcript = page.getByTestId("transcript");
    const hidden = page.getByTitle(/Hidden: card number/iu).first();
    await expect(async () => {
      await transcript.evaluate((element) => element.scrollBy(0, 150));
      await expect(hidden).toBeVisible({ timeout: 300 });
    }).toPass();
    await expect(transcript.getByText("card number", { exact: false }).first()).toBeAttached();
    // In its one channel two voices are told apart, and the page says by what.
    await expect(page.getByTestId("limited-voices")).toBeVisible();
    await expect(page.getByText("Telling voices apart needs a speech model")).toHaveCount(0);
    await picture(page, "demo-models");
    // Here the recording is disclosed in time.
    await expect(await disclosed(page)).toContainText(/\bYes\b/u);
  });
});

test.describe("a call of human voices", () => {
  test.skip(!existsSync(humanCall), "The recordings are not beside this repository.");

  test("is told apart by channel and measured, and the page names the model that would add the words", async ({ app }) => {
    const { page } = app;
    await app.drop([humanCall]);
    const row = page.getByRole("row", { name: /auto-repair-40-stereo/u });
    await expect(row).toContainText("Ready", { timeout: 90_000 });
    await row.dblclick();
    await expect(page.getByText("Words need a speech model")).toBeVisible();
    await expect(page.getByText(/whisper-base/iu).first()).toBeVisible();
  });
});

test("the samples open from the empty library by keyboard alone", async ({ app }) => {
  const { page } = app;
  const open = page.getByRole("button", { name: "Open the sample conversations" });
  await open.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("row")).toHaveCount(9, { timeout: 60_000 });
  await page.keyboard.press("/");
  await page.keyboard.type("router");
  // A word that is only spoken: the list finds it as soon as the call has been heard.
  await expect(
    page
      .getByRole("row", { name: /City Telecom/u })
      .locator("mark")
      .first(),
  ).toHaveText("router", { timeout: 90_000 });
});

test("nothing of Earmark asks for the network", async ({ app }, info) => {
  test.skip(info.project.name !== "loopback", "The proxy is given to the loopback shell.");
  const asked: string[] = [];
  app.page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (!["127.0.0.1", "localhost"].includes(hostname) && !["data:", "blob:"].includes(protocol)) asked.push(request.url());
  });
  await app.page.getByRole("link", { name: "Settings" }).click();
  await expect(app.page.getByRole("heading", { name: "Settings" })).toBeVisible();
  await app.page.getByRole("link", { name: "Library" }).click();
  await expect(app.page.getByRole("button", { name: "Import" }).first()).toBeVisible();
  expect(asked).toEqual([]);
  expect(app.proxied()).toEqual([]);
});
