import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect as patience, type RunningEarmark, test } from "./earmark.ts";
import { samples, screens } from "./looking.ts";

/*
 * The places of a desk as other people see them: on a large screen, at twice the text size, in high contrast, with little
 * motion. And what the library shows of a conversation: how it felt, what it was about, in columns that stay as they are left.
 */

const expect = patience.configure({ timeout: 30_000 });
test.setTimeout(240_000);

/** A call as another program has judged it, in a language that nobody here has words for. */
const judgedElsewhere = {
  ConversationAnalytics: {
    LanguageCode: "zu",
    Duration: "4",
    SpeakerLabels: [
      { Speaker: "spk_0", DisplayText: "Agent" },
      { Speaker: "spk_1", DisplayText: "Customer" },
    ],
    SentimentTrends: { spk_1: { SentimentScore: -2.5, SentimentChange: 3, SentimentPerQuarter: [] } },
    Summary: { Topic: "A lost card" },
  },
  SpeechSegments: [
    { SegmentSpeaker: "spk_0", SegmentStartTime: 0, SegmentEndTime: 2, DisplayText: "Sawubona, ngingakusiza ngani." },
    { SegmentSpeaker: "spk_1", SegmentStartTime: 2, SegmentEndTime: 4, DisplayText: "Ngicela usizo nge-akhawunti yami." },
  ],
};
const leaving = [
  "Customer: I am furious, this is terrible and I want to cancel my contract.",
  "Agent: I understand. I am happy to help.",
  "Customer: Thank you so much, that is brilliant.",
].join("\n");

/** Brings in three written conversations, which are ready soon. */
async function withConversations(app: RunningEarmark): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "earmark-looks-"));
  try {
    const elsewhere = join(folder, "judged-elsewhere_QUEUE_Cards_inbound.json");
    const chat = join(folder, "leaving.txt");
    await writeFile(elsewhere, JSON.stringify(judgedElsewhere));
    await writeFile(chat, leaving);
    await app.drop([elsewhere, chat, join(samples, "metro-travel-chat.json")]);
    await expect(app.page.getByRole("row").filter({ hasText: "Ready" })).toHaveCount(3, { timeout: 60_000 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Asks the backend as the page does. */
function ask<T>(page: Page, name: string, input: object): Promise<T> {
  return page.evaluate(
    async ([call, body]) => {
      const headers = { "content-type": "application/json" };
      const reply = await fetch(`/rpc/${call}`, { method: "POST", headers, body });
      return ((await reply.json()) as { value: unknown }).value;
    },
    [name, JSON.stringify(input)] as const,
  ) as Promise<T>;
}

test("how it felt and what it was about, in columns that stay as they were left", async ({ app, context }) => {
  let { page } = app;
  await page.setViewportSize({ width: 1920, height: 1080 });
  await withConversations(app);
  const row = (title: string) => page.getByRole("row", { name: new RegExp(title, "u") });
  await expect(row("leaving")).toContainText("Cancellation");
  await expect(row("leaving").getByRole("img", { name: /^Customer [+−][\d.]+, (rising|falling|steady)$/u })).toBeVisible();
  const vendor = row("judged-elsewhere").getByRole("img", {
    name: "Customer −2.5, rising, as Post call analytics result has it",
  });
  await expect(vendor).toBeVisible();
  await expect(row("judged-elsewhere")).toContainText("A lost card");
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.screenshot({ path: join(screens, `library-mood-${scheme}.png`) });
    const { violations } = await new AxeBuilder({ page }).options({ preload: false }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: "light" });

  await page.keyboard.press("/");
  await page.keyboard.type("customer-sentiment<-1 ");
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("row")).toHaveCount(4);

  // An order, a column less and a width of one's own, without a view being saved.
  const head = (name: string) => page.getByRole("columnheader", { name });
  await head("Topic").getByRole("button").click();
  await expect(head("Topic")).toHaveAttribute("aria-sort", "ascending");
  await expect(page.getByRole("row").nth(1)).toContainText("A lost card");
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: "Silence" }).uncheck();
  await page.keyboard.press("Escape");
  await head("Topic").getByRole("button").focus();
  for (let times = 0; times < 4; times += 1) await page.keyboard.press("Alt+ArrowRight");
  const width = (await head("Topic").boundingBox())?.width ?? 0;
  await page.waitForTimeout(1_000);
  page = await app.restart();
  await expect(head("Topic")).toHaveAttribute("aria-sort", "ascending");
  await expect(head("Silence")).toHaveCount(0);
  expect(Math.abs(((await head("Topic").boundingBox())?.width ?? 0) - width)).toBeLessThan(2);

  // The row that the keys are on opens in a window of its own; the list stays.
  await row("leaving").focus();
  const [other] = await Promise.all([context.waitForEvent("page"), page.keyboard.press("Control+Shift+O")]);
  await expect(other.getByRole("heading", { name: /leaving/u })).toBeVisible();
  await expect(page.getByRole("grid")).toBeVisible();

  // An export is dragged out by the name of its file.
  await other.getByRole("button", { name: "Export" }).click();
  await other.getByRole("menuitem", { name: "Transcript…" }).click();
  await other.getByRole("radio", { name: "Subtitles (SRT)" }).check();
  const item = other.getByText("leaving.srt");
  await item.hover();
  await other.waitForTimeout(600);
  const dragged = await item.evaluate((element) => {
    const event = new DragEvent("dragstart", { dataTransfer: new DataTransfer(), bubbles: true, cancelable: true });
    element.dispatchEvent(event);
    return event.dataTransfer?.getData("DownloadURL") ?? "";
  });
  expect(dragged).toMatch(/^[^:]+:leaving\.srt:blob:/u);
  await other.close();
});

/** Visits the places and has each looked at. */
async function visit(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  for (const place of ["Library", "My day", "Queue", "Settings"]) {
    await page.getByRole("link", { name: new RegExp(`^${place}`, "u") }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: place, level: 1 })).toBeVisible();
    if (place === "Library") await expect(page.getByRole("row")).toHaveCount(4);
    if (place === "My day") await expect(page.getByRole("table", { name: "What waits" }).getByRole("row")).toHaveCount(4);
    await page.waitForTimeout(300);
    await look(place.toLowerCase().replaceAll(" ", "-"));
  }
}

/** What does not fit: the page itself, and words that are cut without a sign of it. */
function clipped(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["page"] : [];
    const shown = [
      ...document.querySelectorAll<HTMLElement>("button, a, [role=tab], [role=radiogroup], label, h1, h2, th, td, p"),
    ].filter((each) => each.checkVisibility());
    const cut = shown.filter((each) => {
      const { overflow, textOverflow, display } = getComputedStyle(each);
      const spills = display !== "inline" && each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 2;
      return spills && overflow === "hidden" && textOverflow !== "ellipsis";
    });
    return [...wide, ...cut.map((each) => each.outerHTML.slice(0, 160))];
  });
}

test("the places on a large screen, at twice the text size, in high contrast, with little motion", async ({ app }) => {
  const { page } = app;
  await withConversations(app);
  const { reviewer } = await ask<{ reviewer: string }>(page, "review.mine", {});
  const { ids } = await ask<{ ids: string[] }>(page, "library.ids", { text: "", limit: 10 });
  const [first, ...others] = ids;
  await ask(page, "review.assign", { ids: others, assignee: reviewer, dueAt: null });
  await ask(page, "review.assign", { ids: [first], assignee: reviewer, dueAt: "2026-01-05T12:00:00.000Z" });

  await page.setViewportSize({ width: 3840, height: 2160 });
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await visit(page, async (name) => {
      await page.screenshot({ path: join(screens, `4k-${name}-${scheme}.png`) });
      expect([name, await clipped(page)]).toEqual([name, []]);
      const moving = await page.evaluate(
        () => document.getAnimations().filter((each) => Number(each.effect?.getComputedTiming().duration ?? 0) > 1).length,
      );
      expect([name, moving]).toEqual([name, 0]);
    });
  }

  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: "light", forcedColors: "active" });
  await visit(page, async (name) => {
    await page.screenshot({ path: join(screens, `contrast-${name}.png`) });
    const { violations } = await new AxeBuilder({ page }).options({ preload: false }).disableRules("color-contrast").analyze();
    expect([name, violations.map(({ id }) => id)]).toEqual([name, []]);
  });

  await page.emulateMedia({ forcedColors: "none" });
  await page.addInitScript(() => {
    addEventListener("DOMContentLoaded", () => document.documentElement.style.setProperty("font-size", "200%"));
  });
  await page.reload();
  await visit(page, async (name) => {
    await page.waitForTimeout(300);
    await page.screenshot({ path: join(screens, `twice-${name}.png`) });
    expect([name, await clipped(page)]).toEqual([name, []]);
  });
});
