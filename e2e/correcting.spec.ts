import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, type RunningEarmark, test } from "./earmark.ts";
import { expectNoViolations, picture, samples } from "./looking.ts";

/*
 * What a person does with a transcript: correct it, comment on it, read it otherwise. Hands stay on the keyboard, and
 * nothing that was typed is lost.
 */

/** Imports a file and opens it once it is ready. */
async function open(app: RunningEarmark, file: string): Promise<Page> {
  const { page } = app;
  await app.drop([join(samples, file)]);
  const row = page.getByRole("row", { name: new RegExp(file.replace(/\..*$/u, ""), "u") });
  await expect(row).toContainText("Ready", { timeout: 200_000 });
  await row.dblclick();
  await expect(page.getByTestId("transcript")).toBeVisible();
  return page;
}

test.describe.configure({ timeout: 300_000 });

test("words are corrected, chosen, given away, split and joined by keys, and every step is taken back", async ({ app }) => {
  const page = await open(app, "bluebird-energy-bill.opus");
  const transcript = page.getByTestId("transcript");
  const turns = transcript.getByRole("article");
  const text = (index: number) => turns.nth(index).locator("[data-word]").allInnerTexts();

  // To the words, and into the text: the second word is written anew.
  await transcript.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowRight");
  const [first = "", second = ""] = await text(0);
  await page.keyboard.press("e");
  const field = page.getByRole("textbox", { name: /^Text of/u });
  await expect(field).toBeFocused();
  await page.keyboard.type("Xylophone");
  // The call plays while typing goes on.
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Pause", exact: true })).toBeVisible();
  await page.keyboard.press("Control+Space");
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
  await expect(field).toBeFocused();
  await picture(page, "editing");
  await expectNoViolations(page);
  await page.keyboard.press("Enter");
  await expect(field).toHaveCount(0);
  await expect.poll(async () => (await text(0)).slice(0, 2)).toEqual([first, "Xylophone"]);
  await expect(page.locator(":focus")).toHaveText("Xylophone");

  // Three words are chosen and given to the other speaker; the turn comes apart.
  // Only what is in view is in the page: how many there are is said with each.
  const countOf = async () => Number(await transcript.getByRole("listitem").first().getAttribute("aria-setsize"));
  const before = await countOf();
  const [, , third = "", fourth = ""] = await text(0);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await expect(page.getByTestId("editing-target")).toContainText("2 words of");
  await picture(page, "chosen-words");
  await page.keyboard.press("g");
  await expect(page.getByRole("menu")).toBeVisible();
  const name = await turns.first().locator("header span").first().innerText();
  const other = page.getByRole("menuitem", { name: /^Give to/u }).filter({ hasNotText: name });
  await other.first().focus();
  await page.keyboard.press("Enter");
  await expect.poll(countOf).toBeGreaterThan(before);
  await expect.poll(() => text(1)).toEqual([third, fourth]);
  await expect(page.locator(":focus")).toHaveText(fourth);
  await page.keyboard.press("Control+z");
  await expect.poll(countOf).toBe(before);

  // Split before a word, join again.
  await transcript.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Control+Enter");
  await expect.poll(() => text(0)).toEqual([first, "Xylophone"]);
  await transcript.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+j");
  await expect.poll(async () => (await text(0)).slice(0, 3)).toEqual([first, "Xylophone", third]);

  // Back to where it began, and forth again.
  for (let step = 0; step < 3; step++) await page.keyboard.press("Control+z");
  await expect.poll(async () => (await text(0))[1]).toBe(second);
  await page.keyboard.press("Control+Shift+z");
  await expect.poll(async () => (await text(0))[1]).toBe("Xylophone");

  // What the machine heard is a key away, and cannot be written.
  await page.keyboard.press("v");
  await expect(page.getByTestId("machine-version")).toBeVisible();
  await expect.poll(async () => (await text(0))[1]).toBe(second);
  await expect(turns.first().locator("[data-differs]")).not.toHaveCount(0);
  await picture(page, "machine-version");
  await expectNoViolations(page);
  await page.keyboard.press("v");
  await expect.poll(async () => (await text(0))[1]).toBe("Xylophone");

  // The history says who did what, also what was taken back.
  await page.getByRole("tab", { name: "Details" }).click();
  const history = page.getByTestId("history");
  await expect(history).toContainText("write a turn");
  await expect(history).toContainText("taken back");
});

test("a crash costs nothing that was saved, and nothing that was typed", async ({ app }) => {
  let page = await open(app, "bluebird-energy-bill.opus");
  await page.getByTestId("transcript").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("e");
  const field = page.getByRole("textbox", { name: /^Text of/u });
  await page.keyboard.press("Home");
  await page.keyboard.type("Saved ");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("transcript").getByText("Saved", { exact: true })).toBeVisible();

  // Another turn is being written when Earmark is killed, with no chance to say so.
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("e");
  await expect(field).toBeFocused();
  await page.keyboard.press("Control+End");
  const kept = page.waitForResponse((response) => response.url().endsWith("/rpc/draft.save"));
  await page.keyboard.type(" half a thou");
  await kept;
  await page.waitForResponse((response) => response.url().endsWith("/rpc/draft.save"), { timeout: 1_500 }).catch(() => undefined);
  const typed = await field.inputValue();
  expect(typed).toContain("half a thou");

  page = await app.restart({ hard: true });
  // The call that was open is open again, or is found in the library.
  const row = page.getByRole("row", { name: /bluebird-energy-bill/u });
  await expect(row.or(page.getByTestId("transcript"))).toBeVisible();
  if (await row.isVisible()) await row.dblclick();
  await expect(page.getByTestId("transcript").getByText("Saved", { exact: true })).toBeVisible();
  await expect(field).toHaveValue(typed);
  await expect(page.getByText("This was being typed when Earmark ended.")).toBeVisible();
  await picture(page, "draft-restored");
  await field.focus();
  await page.keyboard.press("Enter");
  await expect(field).toHaveCount(0);
  await expect(page.getByTestId("transcript").getByText("thou", { exact: true })).toBeVisible();
  // It is saved now: it does not come back.
  await page.reload();
  await expect(page.getByTestId("transcript").getByText("thou", { exact: true })).toBeVisible();
  await expect(field).toHaveCount(0);
});

test("swapped speakers are put right, and the figures follow at once", async ({ app }) => {
  const page = await open(app, "bluebird-energy-bill.opus");
  const panel = page.getByRole("complementary", { name: "About this conversation" });
  // Who asks for the name is the agent: the other one talks less.
  const talk = () =>
    panel
      .getByRole("listitem")
      .filter({ hasText: /^(Agent|Customer)\d+%/u })
      .allInnerTexts();
  const shareOf = async (role: string) => /(\d+)%/u.exec((await talk()).find((line) => line.startsWith(role)) ?? "")?.[1];
  await expect.poll(() => shareOf("Agent")).toBeDefined();
  const agent = await shareOf("Agent");
  const customer = await shareOf("Customer");
  expect(agent).not.toBe(customer);
  const firstTurn = page.getByTestId("transcript").getByRole("article").first();
  await expect(firstTurn).toHaveAttribute("aria-label", /^Agent/u);
  // Undo pressed at once, while the change is still being saved, takes that change back.
  await panel.getByRole("button", { name: "Swap agent and customer", exact: true }).click();
  await page.keyboard.press("Control+z");
  await expect(page.getByRole("button", { name: /^Redo: / })).toBeEnabled();
  await expect(firstTurn).toHaveAttribute("aria-label", /^Agent/u);
  await page.keyboard.press("Control+Shift+z");
  await expect(firstTurn).toHaveAttribute("aria-label", /^Customer/u);
  await expect.poll(() => shareOf("Agent")).toBe(customer);
  await expect.poll(() => shareOf("Customer")).toBe(agent);
  await page.keyboard.press("Control+z");
  await expect.poll(() => shareOf("Agent")).toBe(agent);

  // The pace over time is a chart that can be clicked, and a table that can be read and gone through by keys.
  const chart = page.getByTestId("pace-chart");
  await chart.scrollIntoViewIfNeeded();
  await expect(chart.locator(".recharts-line").first()).toBeVisible();
  const box = await chart.boundingBox();
  if (box === null) throw new Error("The chart has no place.");
  const slider = page.getByRole("slider", { name: "Playback position" });
  await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * 0.5);
  await page.mouse.down();
  await page.mouse.up();
  await expect.poll(async () => Number(await slider.getAttribute("aria-valuenow"))).toBeGreaterThan(30);
  await picture(page, "figures");
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Show as tables" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Play from 0:10" }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(async () => Number(await slider.getAttribute("aria-valuenow"))).toBe(10);
  await expectNoViolations(page);
});
