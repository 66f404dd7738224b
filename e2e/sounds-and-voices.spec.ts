import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, root, test } from "./earmark.ts";

/* What is heard beside the talk, what of it is muted, and whether voices are remembered. */

const screens = join(root, "build", "test", "screens");
const rate = 8_000;

/** A call of two channels: it rings twice, a menu's keys are pressed, the sides talk in bursts, and for a while nobody does. */
function ringingCall(): Buffer {
  const seconds = 40;
  const samples = new Int16Array(seconds * rate * 2);
  let state = 7;
  const noise = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 1_073_741_824 - 1;
  };
  const lay = (channel: number, from: number, to: number, at: (t: number) => number): void => {
    for (let i = Math.round(from * rate); i < to * rate; i += 1) samples[2 * i + channel] = Math.round(32_000 * at(i / rate));
  };
  const sine = (t: number, hz: number): number => Math.sin(2 * Math.PI * hz * t);
  const voice = (hz: number) => (t: number) =>
    0.15 * (0.55 + 0.45 * sine(t, 4)) * (sine(t, hz) + 0.5 * sine(t, 900) + 0.4 * noise());
  for (const from of [0, 6]) lay(0, from, from + 2, (t) => 0.1 * (sine(t, 440) + sine(t, 480)));
  for (const [index, [low, high]] of [
    [697, 1_209],
    [770, 1_336],
    [852, 1_477],
  ].entries()) {
    lay(1, 10 + index * 0.3, 10.15 + index * 0.3, (t) => 0.15 * (sine(t, low ?? 0) + sine(t, high ?? 0)));
  }
  lay(0, 12, 17, voice(180));
  lay(1, 17.5, 22, voice(240));
  lay(0, 32, 36, voice(180));
  lay(1, 36.5, 39, voice(240));
  const bytes = Buffer.alloc(44 + samples.byteLength);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(36 + samples.byteLength, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(2, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * 4, 28);
  bytes.writeUInt16LE(4, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(samples.byteLength, 40);
  Buffer.from(samples.buffer).copy(bytes, 44);
  return bytes;
}

/** Shots of a page in both themes, and the accessibility of the part of it that this is about. */
async function inspect(page: Page, name: string, part: string): Promise<void> {
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(screens, `${name}-${scheme}-${width}.png`) });
    }
    const { violations } = await new AxeBuilder({ page }).include(part).options({ preload: false }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join("; ")}`)).toEqual([]);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

test("what is heard beside the talk is counted, gone to by key, and keys are muted", async ({ app }) => {
  const { page } = app;
  const folder = await mkdtemp(join(tmpdir(), "earmark-sounds-"));
  try {
    const path = join(folder, "ringing.wav");
    await writeFile(path, ringingCall());
    const before = Date.now() / 1_000 - 60;
    await utimes(path, before, before);
    const types: string[] = [];
    page.on("response", (response) => {
      if (/\/media\//u.test(response.url())) types.push(response.headers()["content-type"] ?? "");
    });
    await app.drop([path]);
    await expect(page.getByRole("row")).toHaveCount(2);
    await expect(page.getByText("In work")).toHaveCount(0, { timeout: 60_000 });
    await page.getByRole("row").nth(1).dblclick();

    const beside = page.getByTestId("sounds");
    await expect(beside.getByText("Ringing")).toBeVisible();
    await expect(beside.locator("li", { hasText: "Ringing" }).first()).toContainText("2 times");
    await expect(beside.locator("li", { hasText: "Keys pressed" }).first()).toContainText("once");
    await expect(beside.locator("li", { hasText: "Dead air" }).first()).toContainText("10 s");

    // With keys alone: open a kind, go to its moment.
    const kind = beside.locator("summary", { hasText: "Keys pressed" });
    await kind.focus();
    await page.keyboard.press("Enter");
    await expect(beside.getByText("Which keys is not kept")).toBeVisible();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const slider = page.getByRole("slider", { name: "Playback position" });
    await expect(slider).toHaveAttribute("aria-valuenow", "9");
    await inspect(page, "review-sounds", "[data-testid=sounds]");

    await slider.focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("h");
    await expect(slider).toHaveAttribute("aria-valuenow", /^[56]$/u);
    await page.keyboard.press("h");
    await expect(slider).toHaveAttribute("aria-valuenow", /^(?:9|10)$/u);

    // What is played is the rendition, not the file as it came.
    expect(types.length).toBeGreaterThan(0);
    expect(new Set(types)).toEqual(new Set(["audio/flac"]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("remembering voices is off, says what it means, and asks before it forgets", async ({ app }) => {
  const { page } = app;
  await page.getByRole("link", { name: "Settings" }).click();
  const remember = page.getByRole("switch", { name: "Remember agents' voices" });
  await expect(remember).not.toBeChecked();
  const section = page.getByRole("region", { name: "Voices" });
  await expect(section).toContainText("biometric data");
  await expect(section).toContainText("No print is made of a customer's voice");
  await remember.focus();
  await page.keyboard.press("Space");
  await expect(remember).toBeChecked();
  await remember.scrollIntoViewIfNeeded();
  await inspect(page, "settings-voices", "#voices");

  await remember.focus();
  await page.keyboard.press("Space");
  const dialog = page.getByRole("dialog", { name: "Forget all agents' voices?" });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(remember).toBeChecked();
  await remember.focus();
  await page.keyboard.press("Space");
  await dialog.getByRole("button", { name: "Turn off and forget" }).click();
  await expect(remember).not.toBeChecked();
  await page.reload();
  await expect(page.getByRole("switch", { name: "Remember agents' voices" })).not.toBeChecked();
});
