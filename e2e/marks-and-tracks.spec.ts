import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, type RunningEarmark, test } from "./earmark.ts";
import { expectNoViolations, picture, samples, screens } from "./looking.ts";

/* What was found in a call, marked in its words, and how it felt and how loud it was, under its waveform. */

test.describe.configure({ timeout: 300_000 });

async function open(app: RunningEarmark, path: string, name: RegExp): Promise<Page> {
  const { page } = app;
  await app.drop([path]);
  const row = page.getByRole("row", { name });
  await expect(row).toContainText("Ready", { timeout: 200_000 });
  await row.dblclick();
  await expect(page.getByTestId("transcript")).toBeVisible();
  return page;
}

test("marks lie in the words with their legend, and are gone through by keys", async ({ app }) => {
  const page = await open(app, join(samples, "bluebird-energy-bill.opus"), /bluebird/u);
  const legend = page.getByTestId("marks-legend");
  const transcript = page.getByTestId("transcript");
  await expect(legend.getByRole("button", { name: /^Redactions/u })).toBeVisible();
  await expect(legend.getByRole("button", { name: /^Entities/u })).toBeVisible();
  await picture(page, "marks");

  // From mark to mark, each said; the playback goes along.
  await page.keyboard.press("d");
  await expect(page.getByTestId("mark-told")).toContainText(/^\d+ of \d+: /u);
  const first = await page.getByTestId("mark-told").textContent();
  await page.keyboard.press("d");
  await expect(page.getByTestId("mark-told")).not.toHaveText(first ?? "");
  await page.keyboard.press("Shift+D");
  await expect(page.getByTestId("mark-told")).toHaveText(first ?? "");

  // A kind alone: a masked word has the focus when the words had it.
  await legend.getByRole("button", { name: /^Go through/u }).click();
  await page.getByRole("menuitem", { name: "Redactions" }).click();
  await expect(page.getByRole("menu")).toHaveCount(0);
  await transcript.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("d");
  await expect(page.locator(":focus")).toHaveAttribute("data-hidden-here", "true");
  await expect(page.locator(":focus")).toHaveAttribute("title", /^Hidden: .*Rule/u);
  await legend.getByRole("button", { name: "What the lines mean" }).click();
  await expect(page.getByTestId("mark-signs")).toBeVisible();
  await page.screenshot({ path: join(screens, "marks-signs.png") });
  await page.keyboard.press("Escape");

  // What is hidden stays hidden over a reload.
  await legend.getByRole("button", { name: /^Entities/u }).click();
  await expect(transcript.locator("[data-entity]")).toHaveCount(0);
  await page.waitForTimeout(900);
  await page.reload();
  await expect(legend.getByRole("button", { name: /^Entities/u })).toHaveAttribute("aria-pressed", "false");
  await legend.getByRole("button", { name: /^Entities/u }).click();
  await expectNoViolations(page);

  // The marker of a comment opens its thread, by the key where the playback stands.
  await transcript.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("c");
  await page.getByPlaceholder("What should be said about this?").fill("Was this said?");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("tab", { name: "Figures" }).click();
  await transcript.focus();
  await page.keyboard.press("Shift+N");
  await page.keyboard.press("n");
  await page.keyboard.press("y");
  await expect(page.getByRole("tab", { name: /^Comments/u })).toHaveAttribute("aria-selected", "true");

  // How loud it is heard is kept for this call.
  await page.getByRole("button", { name: "Volume", exact: true }).click();
  await page.getByRole("slider", { name: "Volume of Whole call" }).focus();
  for (let press = 0; press < 4; press++) await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Escape");
  await page.waitForTimeout(900);
  await page.reload();
  await page.getByRole("button", { name: "Volume", exact: true }).click();
  await expect(page.getByRole("slider", { name: "Volume of Whole call" })).toHaveAttribute("aria-valuetext", "80%");
});

test("sentiment and loudness lie under the waveform, are pointed at, clicked, and read as a table", async ({ app }) => {
  const page = await open(app, join(samples, "bluebird-energy-bill.opus"), /bluebird/u);
  const tracks = page.getByTestId("tracks");
  await tracks.getByRole("button", { name: "Sentiment and loudness" }).click();
  const sentiment = tracks.getByTestId("track-sentiment");
  await expect(sentiment).toHaveCount(2);
  await expect(tracks.getByTestId("track-loudness")).toHaveCount(2);
  // A moment is under itself: the lanes and the tracks begin and end at the same place.
  const lanes = await page.getByTestId("lanes").boundingBox();
  const box = await sentiment.first().boundingBox();
  expect([Math.round(box?.x ?? 0), Math.round(box?.width ?? 0)]).toEqual([
    Math.round(lanes?.x ?? 1),
    Math.round(lanes?.width ?? 1),
  ]);
  await sentiment.first().hover({ position: { x: (box?.width ?? 0) / 2, y: 10 } });
  await expect(sentiment.first()).toContainText(/\d:\d\d/u);
  const position = page.getByRole("slider", { name: "Playback position" });
  const before = await position.getAttribute("aria-valuenow");
  await sentiment.first().click({ position: { x: (box?.width ?? 0) / 2, y: 10 } });
  await expect.poll(() => position.getAttribute("aria-valuenow")).not.toBe(before);
  await picture(page, "tracks");

  await tracks.getByRole("button", { name: "Show as a table" }).click();
  const table = page.getByTestId("tracks-table");
  await expect(table.getByRole("rowheader").first()).toBeVisible();
  await table
    .getByRole("button", { name: /^Go to/u })
    .nth(2)
    .focus();
  await page.keyboard.press("Enter");
  await expectNoViolations(page);
  await picture(page, "tracks-table");
  await tracks.getByRole("button", { name: "Show as a table" }).click();

  // Twice as large text, and the system's own colours.
  await page.evaluate(() => {
    document.documentElement.style.fontSize = "200%";
  });
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(screens, "tracks-large-text.png") });
  await page.evaluate(() => {
    document.documentElement.style.fontSize = "";
  });
  await page.emulateMedia({ forcedColors: "active" });
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(screens, "tracks-forced-colours.png") });
  await page.emulateMedia({ forcedColors: "none" });
});

test("what another program found and measured lies beside Earmark's own", async ({ app }, info) => {
  const said = (role: string, begin: number, text: string, more: object) => ({
    Id: `${begin}`,
    ParticipantRole: role,
    BeginOffsetMillis: begin,
    EndOffsetMillis: begin + 4_000,
    Content: text,
    Items: text.split(" ").map((word, index) => ({
      Type: "pronunciation",
      Content: word,
      Confidence: "0.9",
      BeginOffsetMillis: begin + index * 300,
      EndOffsetMillis: begin + index * 300 + 250,
    })),
    ...more,
  });
  const complaint = "my internet is broken since Tuesday and I was charged";
  const call = {
    JobName: "b",
    LanguageCode: "en-US",
    Channel: "VOICE",
    Participants: [{ ParticipantRole: "AGENT" }, { ParticipantRole: "CUSTOMER" }],
    ConversationCharacteristics: {
      TotalConversationDurationMillis: 40_000,
      Sentiment: {
        OverallSentiment: { AGENT: 2.4, CUSTOMER: -1.8 },
        SentimentByPeriod: { QUARTER: { CUSTOMER: [{ Score: -3 }, { Score: 0 }, { Score: 0 }, { Score: 1.5 }] } },
      },
    },
    Categories: {
      MatchedCategories: ["Fault"],
      MatchedDetails: { Fault: { PointsOfInterest: [{ BeginOffsetMillis: 600, EndOffsetMillis: 1_200 }] } },
    },
    Transcript: [
      said("CUSTOMER", 0, complaint, {
        Sentiment: "NEGATIVE",
        LoudnessScores: [80, 82, 84, 79],
        IssuesDetected: [{ CharacterOffsets: { Begin: 0, End: 21 } }],
      }),
      said("AGENT", 12_000, "I will send an engineer on Friday", { Sentiment: "NEUTRAL", LoudnessScores: [60, 61, 62, null] }),
      said("CUSTOMER", 30_000, "that is great thank you so much", { Sentiment: "POSITIVE", LoudnessScores: [70, 71, 72, 70] }),
    ],
  };
  const file = join(tmpdir(), `vendor-${info.workerIndex}.json`);
  await writeFile(file, JSON.stringify(call));
  const page = await open(app, file, /vendor-/u);
  const issue = page.getByTestId("transcript").locator('[data-telling="issue"]').first();
  await expect(issue).toHaveAttribute("title", /marked by Amazon/u);
  await expect(page.getByTestId("transcript").locator("[data-category]").first()).toHaveAttribute("title", /Category Fault/u);
  const tracks = page.getByTestId("tracks");
  await tracks.getByRole("button", { name: "Sentiment and loudness" }).click();
  await expect(tracks.getByTestId("track-loudness")).toHaveCount(2);
  await tracks
    .getByTestId("track-sentiment")
    .first()
    .hover({ position: { x: 20, y: 10 } });
  await expect(tracks).toContainText(/Amazon.*negative/u);
  await picture(page, "tracks-vendor");
  await expectNoViolations(page);
});

/** Asks the backend what the page could ask, in either shell. */
function ask(page: Page, name: string, input: unknown): Promise<unknown> {
  return page.evaluate(
    async ([call, value]) => {
      const { earmark } = window as { earmark?: { call(name: string, input: unknown): Promise<unknown> } };
      if (earmark !== undefined) return earmark.call(String(call), value);
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`/rpc/${String(call)}`, { method: "POST", headers, body: JSON.stringify(value) });
      return answer.json();
    },
    [name, input],
  );
}

test("corrections of an earlier hearing are shown loudly, made again where they belong, or dismissed", async ({ app }) => {
  const page = await open(app, join(samples, "bluebird-energy-bill.opus"), /bluebird/u);
  const transcript = page.getByTestId("transcript");
  await transcript.focus();
  await page.keyboard.press("Enter");
  for (const word of ["Xylophone", "Marimba"]) {
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("e");
    await expect(page.getByRole("textbox", { name: /^Text of/u })).toBeFocused();
    await page.keyboard.type(word);
    await page.keyboard.press("Enter");
    await expect(page.locator(":focus")).toHaveText(word);
  }
  // Another vocabulary hears other words.
  const vocabulary = { terms: [], replacements: [{ heard: "electricity", written: "power" }] };
  await ask(page, "settings.set", { vocabulary });
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: /^Hear again/u }).click();
  const left = page.getByTestId("left-behind");
  await expect(left).toContainText("2 corrections no longer fit", { timeout: 120_000 });
  await expect(left.getByRole("listitem")).toHaveCount(2);
  await expect(left).toContainText("it now reads");
  await picture(page, "left-behind");
  await expectNoViolations(page);
  await left.getByRole("button", { name: /^Make it again here: .*Xylophone/u }).click();
  await expect(transcript).toContainText("Xylophone");
  await left.getByRole("button", { name: /^Dismiss: .*Marimba/u }).click();
  await expect(left).toHaveCount(0);
  await expect(transcript).not.toContainText("Marimba");
});
