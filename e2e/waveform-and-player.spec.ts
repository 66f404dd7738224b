import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, root, test } from "./earmark.ts";

/* The waveform and the player by keys and by pointer: speed, loop, silence, sides, zoom, selection, moments. */

const sample = join(root, "resources", "samples", "bluebird-energy-bill.opus");
const screens = join(root, "build", "test", "screens");

/** What the page's Web Audio graph is heard through: its gains, and the loudness that leaves it. */
interface Ears {
  readonly gains: GainNode[];
  readonly analysers: AnalyserNode[];
}

declare global {
  interface Window {
    ears?: Ears;
  }
}

/** Listens in on the page's own graph: an analyser before the loudspeaker, and every gain that is made. */
async function listenIn(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const ears: Ears = { gains: [], analysers: [] };
    window.ears = ears;
    const { createGain } = BaseAudioContext.prototype;
    BaseAudioContext.prototype.createGain = function listened() {
      const gain = createGain.call(this);
      ears.gains.push(gain);
      return gain;
    };
    const connect = AudioNode.prototype.connect as (this: AudioNode, ...to: unknown[]) => unknown;
    AudioNode.prototype.connect = function tapped(this: AudioNode, ...to: unknown[]) {
      if (to[0] instanceof AudioDestinationNode) {
        const splitter = this.context.createChannelSplitter(2);
        connect.call(this, splitter);
        for (const side of [0, 1]) {
          const analyser = this.context.createAnalyser();
          connect.call(splitter, analyser, side);
          ears.analysers.push(analyser);
        }
      }
      return connect.apply(this, to);
    } as typeof AudioNode.prototype.connect;
  });
  await page.reload();
}

/** The gains of the four ways from a side to an ear, as they are set. */
function gains(page: Page): Promise<number[]> {
  return page.evaluate(() => window.ears?.gains.map((gain) => Math.round(gain.gain.value * 100) / 100) ?? []);
}

/** Greatest loudness at each ear over a while, 0 to 1. */
function loudness(page: Page, forMs: number): Promise<number[]> {
  return page.evaluate(async (duration) => {
    const analysers = window.ears?.analysers ?? [];
    const loudest = analysers.map(() => 0);
    const until = performance.now() + duration;
    while (performance.now() < until) {
      for (const [ear, analyser] of analysers.entries()) {
        const samples = new Float32Array(analyser.fftSize);
        analyser.getFloatTimeDomainData(samples);
        for (const value of samples) loudest[ear] = Math.max(loudest[ear] ?? 0, Math.abs(value));
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return loudest;
  }, forMs);
}

test("the waveform and the player answer to keys and pointer", async ({ app }) => {
  test.slow();
  const { page } = app;
  await listenIn(page);
  await app.drop([sample]);
  const row = page.getByRole("row", { name: /bluebird-energy-bill/u });
  await expect(row).toContainText("Ready", { timeout: 90_000 });
  await row.dblclick();
  const slider = page.getByRole("slider", { name: "Playback position" });
  const now = async () => Number(await slider.getAttribute("aria-valuenow"));
  const view = page.getByTestId("view");
  const seen = async () => ({
    startMs: Number(await view.getAttribute("data-start-ms")),
    endMs: Number(await view.getAttribute("data-end-ms")),
  });
  const lanes = page.getByTestId("lanes");
  const box = async () => {
    const found = await lanes.boundingBox();
    if (found === null) throw new Error("The waveform is not there.");
    return found;
  };
  await expect(page.getByTestId("lane")).toHaveCount(2);
  await expect(view).toHaveAttribute("data-start-ms", "0");
  const whole = await seen();
  expect(whole.endMs).toBeGreaterThan(60_000);
  const press = (...keys: string[]) =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());

  await test.step("speed, kept for the next time", async () => {
    const rate = page.getByTestId("rate");
    await press("F4", "F4", "F4");
    await expect(rate).toHaveText("1.3×");
    for (let step = 0; step < 18; step++) await press("F4");
    await expect(rate).toHaveText("3.0×");
    for (let step = 0; step < 26; step++) await press("F3");
    await expect(rate).toHaveText("0.5×");
    await rate.click();
    await expect(rate).toHaveText("1.0×");
    await press("F4", "F4");
    // It is kept a moment after the last press.
    await page.waitForTimeout(600);
    await page.reload();
    await expect(rate).toHaveText("1.2×");
    await press("Shift+F4");
    await expect(rate).toHaveText("1.0×");
  });

  await test.step("zoom by keys around the playhead, by wheel where the pointer is, by the selection", async () => {
    await expect(view).toHaveAttribute("data-end-ms", String(whole.endMs));
    await slider.focus();
    for (let step = 0; step < 3; step++) await press("PageUp");
    await expect.poll(now).toBe(30);
    await press("+", "+", "+", "+");
    await expect.poll(async () => (await seen()).endMs - (await seen()).startMs).toBeLessThan((whole.endMs / 1.6 ** 4) * 1.02);
    const closer = await seen();
    expect(closer.startMs).toBeLessThan(30_000);
    expect(closer.endMs).toBeGreaterThan(30_000);

    // The wheel keeps the moment under the pointer where it is.
    const { x, y, width, height } = await box();
    await page.mouse.move(x + width * 0.25, y + height / 2);
    const under = closer.startMs + (closer.endMs - closer.startMs) * 0.25;
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -240);
    await page.keyboard.up("Control");
    await expect
      .poll(async () => (await seen()).endMs - (await seen()).startMs)
      .toBeLessThan((closer.endMs - closer.startMs) * 0.9);
    const near = await seen();
    expect(Math.abs(near.startMs + (near.endMs - near.startMs) * 0.25 - under)).toBeLessThan((near.endMs - near.startMs) * 0.02);
    // Without a key it scrolls.
    await page.mouse.wheel(0, 200);
    await expect.poll(async () => (await seen()).startMs).toBeGreaterThan(near.startMs);

    // To the finest: single samples, read from the recording itself.
    const fine = page.waitForResponse(async (response) => {
      if (!response.url().endsWith("/rpc/conversation.peaks")) return false;
      const { startMs, endMs, bins } = response.request().postDataJSON() as { startMs: number; endMs: number; bins: number };
      return (endMs - startMs) / bins <= 1;
    });
    for (let step = 0; step < 16; step++) await press("+");
    await fine;
    await expect.poll(async () => (await seen()).endMs - (await seen()).startMs).toBeLessThan(1_000);
    await press("0");
    await expect.poll(seen).toEqual(whole);
  });

  await test.step("the small waveform shows what is in view, and moves it", async () => {
    await press("+", "+", "+");
    const minimap = page.getByRole("scrollbar", { name: "Part of the call in view" });
    await minimap.focus();
    await press("End");
    await expect.poll(async () => (await seen()).endMs).toBe(whole.endMs);
    await expect(minimap).toHaveAttribute("aria-valuenow", "100");
    await press("Home");
    await expect.poll(async () => (await seen()).startMs).toBe(0);
    const at = await minimap.boundingBox();
    if (at === null) throw new Error("The small waveform is not there.");
    const middle = at.y + at.height / 2;
    await page.mouse.move(at.x + at.width * 0.05, middle);
    await page.mouse.down();
    await page.mouse.move(at.x + at.width * 0.55, middle, { steps: 5 });
    await page.mouse.up();
    await expect.poll(async () => (((await seen()).startMs + (await seen()).endMs) / 2 / whole.endMs) * 100).toBeGreaterThan(45);
    await press("0");
  });

  await test.step("a drag selects, a loop stays within, and keys move its ends", async () => {
    const { x, y, width, height } = await box();
    const middle = y + height / 2;
    await page.mouse.move(x + width * 0.4, middle);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.42, middle, { steps: 4 });
    await page.mouse.up();
    const selection = page.getByTestId("selection");
    await expect(selection).toContainText("Selected");
    const from = whole.endMs * 0.4;
    const to = whole.endMs * 0.42;
    await press("l");
    const loop = page.getByRole("button", { name: /^Looping/u });
    await expect(loop).toHaveAttribute("aria-pressed", "true");
    // Twice as long as the loop, and still inside of it.
    for (let look = 0; look < 12; look++) {
      await page.waitForTimeout((to - from) / 5);
      const at = await page.evaluate(() => document.querySelector("[data-testid=position]")?.textContent ?? "");
      const [minutes, seconds] = at.split(":").map(Number);
      const second = (minutes ?? 0) * 60 + (seconds ?? 0);
      expect(second).toBeGreaterThanOrEqual(Math.floor(from / 1_000) - 1);
      expect(second).toBeLessThanOrEqual(Math.ceil(to / 1_000) + 1);
    }
    await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
    await press("l");
    await expect(page.getByRole("button", { name: "Loop", exact: true })).toHaveAttribute("aria-pressed", "false");
    await press("Escape");
    await press("z");
    await expect.poll(async () => (await seen()).endMs - (await seen()).startMs).toBeLessThan((to - from) * 1.5);
    await press("0", "x");
    await expect(selection).toHaveCount(0);
    // In and out by keys alone.
    await slider.focus();
    await press("Home", "PageUp", "i", "PageUp", "o");
    await expect(selection).toContainText("0:10.0 to 0:20.0");
    await press("x", "u");
    await expect(selection).toContainText("Selected");
    await press("x");
  });

  await test.step("silence is left out while it is asked for", async () => {
    // The sample has one silence, from 1:01 to 1:09.
    await slider.focus();
    await press("Home", "s");
    await expect.poll(now).toBe(60);
    await expect(page.getByRole("button", { name: "Go through: Silence, 1" })).toBeVisible();
    await press("j");
    await expect(page.getByRole("button", { name: "Skip silence" })).toHaveAttribute("aria-pressed", "true");
    // Every second that is shown from now on.
    await slider.evaluate((element) => {
      element.dataset["heard"] = "";
      new MutationObserver(() => {
        element.dataset["heard"] += ` ${element.getAttribute("aria-valuenow")}`;
      }).observe(element, { attributeFilter: ["aria-valuenow"] });
    });
    await press("ArrowLeft", "Space");
    await expect.poll(now, { timeout: 30_000 }).toBeGreaterThanOrEqual(69);
    await press("Escape", "j");
    const heard = ((await slider.getAttribute("data-heard")) ?? "").trim().split(" ").map(Number);
    expect(heard).toContain(69);
    expect(heard.filter((second) => second > 62 && second < 68)).toEqual([]);
  });

  await test.step("one side is muted, and the other is heard in both ears", async () => {
    const muteAgent = page.getByRole("button", { name: "Mute Agent" });
    await muteAgent.click();
    await expect(muteAgent).toHaveAttribute("aria-pressed", "true");
    await expect.poll(() => gains(page)).toEqual([0, 0, 1, 1]);
    // The first thing the agent says: nothing of it comes through.
    await slider.focus();
    await press("Home", "Space");
    await page.waitForTimeout(300);
    await muteAgent.click();
    await expect.poll(() => gains(page)).toEqual([1, 0, 0, 1]);
    const both = await loudness(page, 2_500);
    expect(Math.max(...both)).toBeGreaterThan(0.01);
    await press("m");
    await expect.poll(() => gains(page)).toEqual([1, 1, 0, 0]);
    await press("m");
    await expect.poll(() => gains(page)).toEqual([0, 0, 1, 1]);
    await press("m");
    await expect.poll(() => gains(page)).toEqual([1, 0, 0, 1]);
    await press("Escape");
    // By the volumes too.
    await page.getByRole("button", { name: "Volume", exact: true }).click();
    const customer = page.getByRole("slider", { name: "Volume of Customer" });
    await expect(customer).toHaveAttribute("aria-valuetext", "100%");
    await customer.focus();
    await press("Home");
    await expect.poll(() => gains(page)).toEqual([1, 1, 0, 0]);
    await press("End");
    await expect.poll(() => gains(page)).toEqual([1, 0, 0, 1]);
    await page.keyboard.press("Escape");
    await expect(customer).toHaveCount(0);
  });

  await test.step("keys go to the moments", async () => {
    await slider.focus();
    await press("Home", "Alt+ArrowDown");
    const second = await now();
    await press("Alt+ArrowDown");
    await expect.poll(now).toBeGreaterThan(second);
    await press("Alt+ArrowUp");
    await expect.poll(now).toBe(second);
    await press("Home", "s");
    await expect.poll(now).toBeGreaterThan(0);
    await expect(slider).toHaveAttribute("aria-valuetext", /of \d/u);
  });

  await test.step("the signs are explained, and nothing stands in the way of a screen reader", async () => {
    await page.getByRole("button", { name: "What the signs mean" }).click();
    await expect(page.getByTestId("legend")).toContainText("Nobody speaks");
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await page.waitForTimeout(300);
      await page.screenshot({ path: join(screens, `player-legend-${scheme}.png`) });
      const { violations } = await new AxeBuilder({ page }).options({ preload: false }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join("; ")}`)).toEqual([]);
    }
    await press("Escape");
  });
});
