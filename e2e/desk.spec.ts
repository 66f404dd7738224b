import { readFileSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect as patience, type RunningEarmark, root, test } from "./earmark.ts";

/* The habits of a desk: commands, keys of one's own, windows and where they stood, paper, files, other eyes and ears. */

/** Two windows and the speech process share the cores. */
const expect = patience.configure({ timeout: 45_000 });

const screens = join(root, "build", "test", "screens");

async function violations(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).options({ preload: false }).analyze();
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join("; ")}`);
}

const samples = join(root, "resources", "samples");

/** Brings in a chat, which is ready at once. */
async function withChat(app: RunningEarmark): Promise<void> {
  await app.drop([join(samples, "metro-travel-chat.json")]);
  await expect(app.page.getByRole("row", { name: /metro-travel-chat/u })).toContainText("Ready", { timeout: 60_000 });
}

/** Brings in a call, and waits until it can be played, or has been heard. */
async function withCall(app: RunningEarmark, until: "playable" | "heard"): Promise<void> {
  await app.drop([join(samples, "bluebird-energy-bill.opus")]);
  const row = app.page.getByRole("row", { name: /bluebird-energy-bill/u });
  await expect(row).toBeVisible({ timeout: 60_000 });
  if (until === "heard") await expect(row).toContainText("Ready", { timeout: 240_000 });
  await row.dblclick();
  await expect(app.page.getByRole("heading", { name: /bluebird-energy-bill/u })).toBeVisible();
  await expect(app.page.getByRole("slider", { name: "Playback position" })).toBeVisible({ timeout: 90_000 });
}

test.setTimeout(300_000);

/** Chooses in the palette by typing. */
async function command(page: Page, text: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Action, place or conversation" }).fill(text);
  await expect(page.getByRole("option").first()).toContainText(new RegExp(text, "iu"));
  await page.keyboard.press("Enter");
}

const held = (page: Page) => page.locator(":focus");

test("commands find actions, places and conversations, and the last ones come first", async ({ app }) => {
  const { page } = app;
  await withChat(app);
  await page.keyboard.press("Control+k");
  const box = page.getByRole("combobox", { name: "Action, place or conversation" });
  await expect(box).toBeFocused();
  await expect(page.getByRole("option").first()).toBeVisible();
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: join(screens, `palette-${scheme}.png`) });
    expect(await violations(page)).toEqual([]);
  }
  // Up and down, and the one that is on is told to a screen reader.
  await page.keyboard.press("ArrowDown");
  const second = page.getByRole("option").nth(1);
  await expect(second).toHaveAttribute("aria-selected", "true");
  await expect(box).toHaveAttribute("aria-activedescendant", (await second.getAttribute("id")) ?? "none");
  await page.keyboard.press("Control+k");
  await expect(box).toHaveCount(0);

  await command(page, "to the queue");
  await expect(page.getByRole("heading", { name: "Queue" })).toBeVisible();
  // By title, and by words that were said in it.
  await command(page, "metro-travel");
  await expect(page.getByRole("heading", { name: /metro-travel-chat/u })).toBeVisible();
  await page.keyboard.press("Control+Shift+P");
  await box.fill("flight");
  const call = page.getByRole("group", { name: "Conversations" }).getByRole("option").first();
  await expect(call).toContainText(/flight/iu);
  await call.click();
  await expect(page).toHaveURL(/find=flight/u);
  // An action of this page, with the focus where the action puts it.
  await page.keyboard.press("Escape");
  await command(page, "find in the transcript");
  await expect(held(page)).toHaveAccessibleName("Find in transcript");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("group", { name: "Used last" }).getByRole("option").first()).toContainText(
    "Find in the transcript",
  );
  await box.fill("qqqq");
  await expect(page.getByText("Nothing found.", { exact: false }).first()).toBeVisible();
});

test("a key that was chosen works at once and after a restart", async ({ app }) => {
  let { page } = app;
  await page.goto(new URL("/settings#keys", page.url()).href);
  const keys = page.getByTestId("keys");
  await keys.getByRole("textbox", { name: "Look for an action or a key" }).fill("queue");
  await keys.getByRole("button", { name: "Change the keys of: To the queue" }).focus();
  await page.keyboard.press("Enter");
  const verdict = page.getByTestId("key-verdict");
  await expect(held(page)).toHaveValue("");
  // What nobody can have, what another has, what is free.
  await page.keyboard.press("Control+c");
  await expect(verdict).toHaveAttribute("data-verdict", "editing");
  await expect(page.getByRole("button", { name: /^(Use Ctrl|Take it over)/u })).toHaveCount(0);
  await page.keyboard.press("Control+,");
  await expect(verdict).toHaveAttribute("data-verdict", "clash");
  await expect(verdict).toContainText("To the settings");
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: join(screens, `keys-settings-${scheme}.png`) });
    expect(await violations(page)).toEqual([]);
  }
  await page.getByRole("button", { name: "Take it over" }).click();
  await expect(held(page)).toHaveAccessibleName("Change the keys of: To the queue");
  await page.keyboard.press("Enter");
  await page.keyboard.press("F9");
  await expect(verdict).toHaveAttribute("data-verdict", "free");
  await page.getByRole("button", { name: "Use F9" }).click();

  await page.keyboard.press("F9");
  await expect(page.getByRole("heading", { name: "Queue" })).toBeVisible();
  await page.keyboard.press("?");
  const row = page
    .getByRole("dialog")
    .locator("div", { has: page.locator("dt", { hasText: "To the queue" }) })
    .last();
  await expect(row).toContainText("F9");
  await page.keyboard.press("Escape");

  page = await app.restart();
  await page.getByRole("link", { name: "Library" }).click();
  await page.keyboard.press("F9");
  await expect(page.getByRole("heading", { name: "Queue" })).toBeVisible();
  // The one that lost its key has it no more; all usual keys bring it back.
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("change the keys");
  await page.keyboard.press("Enter");
  await expect(page.locator('[data-action="app.settings"]')).toContainText("No key");
  await page.getByRole("button", { name: "All usual keys" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "All usual keys" }).click();
  await expect(page.locator('[data-action="app.settings"]')).toContainText("Ctrl");
});

test("a second window, and all of it where it stood after a restart", async ({ app, context }) => {
  const { page } = app;
  await withChat(app);
  await withCall(app, "playable");
  const [other] = await Promise.all([context.waitForEvent("page"), page.keyboard.press("Control+Shift+O")]);
  await expect(other.getByRole("heading", { name: /bluebird-energy-bill/u })).toBeVisible();
  await other.getByRole("link", { name: "Queue" }).click();
  await expect(page.getByRole("heading", { name: /bluebird-energy-bill/u })).toBeVisible();

  // A tab, a width and a moment of this window's own.
  await page.getByRole("tab", { name: "Details" }).click();
  const edge = page.getByRole("separator", { name: "Width of the panel" });
  await edge.focus();
  const before = Number(await edge.getAttribute("aria-valuenow"));
  await page.keyboard.press("ArrowLeft");
  await expect.poll(async () => Number(await edge.getAttribute("aria-valuenow"))).toBeGreaterThan(before + 20);
  const width = await edge.getAttribute("aria-valuenow");
  const slider = page.getByRole("slider", { name: "Playback position" });
  await page.getByRole("tab", { name: "Details" }).focus();
  await page.keyboard.press("Tab");
  for (let times = 0; times < 3; times += 1) await page.keyboard.press("Shift+ArrowRight");
  await expect.poll(async () => Number(await slider.getAttribute("aria-valuenow"))).toBeGreaterThanOrEqual(14);
  await page.waitForTimeout(1_200);

  const again = await app.restart({ hard: true });
  await expect(again.getByRole("heading", { name: /bluebird-energy-bill/u })).toBeVisible();
  await expect(again.getByRole("tab", { name: "Details" })).toHaveAttribute("aria-selected", "true");
  await expect.poll(async () => Number(await slider.getAttribute("aria-valuenow"))).toBeGreaterThanOrEqual(14);
  await expect(edge).toHaveAttribute("aria-valuenow", width ?? "");
  // The other one is offered, and goes back to its own place.
  await other.close();
  const offer = again.getByRole("button", { name: "Open again" });
  await expect(offer).toBeVisible();
  const [back] = await Promise.all([context.waitForEvent("page"), offer.click()]);
  await expect(back.getByRole("heading", { name: "Queue" })).toBeVisible();
  await expect(offer).toHaveCount(0);

  // One that is closed by hand is not offered again.
  await back.close();
  await again.waitForTimeout(4_000);
  const third = await app.restart();
  await expect(third.getByRole("heading", { name: /bluebird-energy-bill/u })).toBeVisible();
  await third.waitForTimeout(1_000);
  await expect(third.getByRole("button", { name: "Open again" })).toHaveCount(0);

  // Deleted while it is open: the focus is not lost.
  await third.getByRole("button", { name: "More" }).focus();
  await third.keyboard.press("Enter");
  await third.getByRole("menuitem", { name: /Delete/u }).click();
  await third
    .getByRole("dialog")
    .getByRole("button", { name: /Delete/u })
    .focus();
  await third.keyboard.press("Enter");
  await expect(third.getByRole("row")).toHaveCount(2);
  await expect.poll(() => third.evaluate(() => document.activeElement === document.body)).toBe(false);
});

test("on paper", async ({ app }) => {
  const { page } = app;
  await withChat(app);
  await page.getByRole("row", { name: /metro-travel-chat/u }).dblclick();
  await expect(page.getByTestId("transcript")).toBeVisible();
  const { total } = await page.evaluate(async () => {
    const id = decodeURIComponent(location.pathname.split("/").at(-1) ?? "");
    const answer = await fetch("/rpc/conversation.get", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id }),
    });
    const { value } = (await answer.json()) as { value: { conversation: { turns: unknown[] } } };
    return { total: value.conversation.turns.length };
  });

  // The whole of it in black on white, also what is not on screen, whatever the page looks like.
  await page.emulateMedia({ colorScheme: "dark" });
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const paper = page.getByTestId("printed");
  await expect(paper).toBeVisible();
  expect(await paper.getByRole("listitem").count()).toBe(total);
  await expect(page.getByRole("navigation")).toBeHidden();
  expect(await paper.evaluate((each) => [getComputedStyle(each).color, getComputedStyle(each).backgroundColor])).toEqual([
    "rgb(0, 0, 0)",
    "rgb(255, 255, 255)",
  ]);
  await page.screenshot({ path: join(screens, "printed.png"), fullPage: true });
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  await page.emulateMedia({ media: "screen" });
  await expect(paper).toHaveCount(0);
});

test("a stretch as a file, read aloud, at twice the text size, in high contrast, with little motion", async ({ app }) => {
  const { page } = app;
  await withCall(app, "heard");

  // A stretch as a WAV.
  await page.getByTestId("transcript").focus();
  await page.keyboard.press("u");
  const button = page.getByRole("button", { name: "Save the selection" });
  await expect(button).toBeVisible();
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Control+Shift+S")]);
  expect(download.suggestedFilename()).toMatch(/bluebird-energy-bill.*\.wav$/u);
  const wav = readFileSync(await download.path());
  expect([wav.toString("latin1", 0, 4), wav.toString("latin1", 8, 12)]).toEqual(["RIFF", "WAVE"]);
  expect(wav.length).toBeGreaterThan(8_000);
  // Dragged out, the browser is told where the file is.
  await button.hover();
  await page.waitForTimeout(600);
  const dragged = await button.evaluate((element) => {
    const event = new DragEvent("dragstart", { dataTransfer: new DataTransfer(), bubbles: true, cancelable: true });
    element.dispatchEvent(event);
    return event.dataTransfer?.getData("DownloadURL") ?? "";
  });
  const [, address = ""] = /^audio\/wav:[^:]+\.wav:(http.*)$/u.exec(dragged) ?? [];
  expect(await page.evaluate(async (from) => (await (await fetch(from)).arrayBuffer()).byteLength, address)).toBe(wav.length);

  // Quiet until it is asked for, then a turn at a time.
  const region = page.getByTestId("read-aloud");
  await expect(region).toHaveAttribute("aria-live", "off");
  await expect(region).toBeEmpty();
  await page.keyboard.press("Alt+r");
  await expect(region).toHaveAttribute("aria-live", "polite");
  await expect(region).not.toBeEmpty();
  const first = await region.textContent();
  // To the start of the first turn, and to the second.
  await page.keyboard.press("Alt+ArrowDown");
  await page.keyboard.press("Alt+ArrowDown");
  await expect(region).not.toHaveText(first ?? "");
  expect(await violations(page)).toEqual([]);

  const visit = async (look: (name: string) => Promise<void>) => {
    await page.getByRole("link", { name: "Library" }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("row").first()).toBeVisible();
    await look("library");
    await page.getByRole("row", { name: /bluebird-energy-bill/u }).dblclick();
    await expect(page.getByTestId("transcript")).toBeVisible();
    await look("review");
    for (const place of ["Queue", "Settings"]) {
      await page.getByRole("link", { name: place }).focus();
      await page.keyboard.press("Enter");
      await expect(page.getByRole("heading", { name: place, level: 1 })).toBeVisible();
      await look(place.toLowerCase());
    }
  };

  await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  await visit(async (name) => {
    await page.screenshot({ path: join(screens, `forced-${name}.png`) });
    // What has the focus is outlined, in a colour of the system's.
    await page.keyboard.press("Tab");
    const outline = await held(page).evaluate((element) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1;
    });
    expect([name, outline]).toEqual([name, true]);
    const moving = await page.evaluate(
      () => document.getAnimations().filter((each) => Number(each.effect?.getComputedTiming().duration ?? 0) > 1).length,
    );
    expect([name, moving]).toEqual([name, 0]);
  });

  await page.emulateMedia({ forcedColors: "none" });
  await page.addInitScript(() => {
    addEventListener("DOMContentLoaded", () => document.documentElement.style.setProperty("font-size", "200%"));
  });
  await page.reload();
  await visit(async (name) => {
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(screens, `large-text-${name}.png`) });
    const clipped = await page.evaluate(() => {
      const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["page"] : [];
      const shown = [...document.querySelectorAll<HTMLElement>("button, a, [role=tab], label, h1, h2")].filter((each) =>
        each.checkVisibility(),
      );
      // Text may be cut with an ellipsis where a title tells it whole.
      const cut = shown.filter((each) => {
        const { overflow, textOverflow } = getComputedStyle(each);
        const spills =
          each.scrollWidth > each.clientWidth + 2 && each.clientWidth > 0 && getComputedStyle(each).display !== "inline";
        return spills && overflow === "hidden" && textOverflow !== "ellipsis";
      });
      return [...wide, ...cut.map((each) => each.outerHTML.slice(0, 160))];
    });
    expect([name, clipped]).toEqual([name, []]);
  });
});
