import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, root, test } from "./earmark.ts";

/*
 * A long call is read while it is still being heard; what is asked of imports is kept and does what it says.
 */

const sample = join(root, "resources", "samples", "city-telecom-fault.mp3");
const screens = join(root, "build", "test", "screens");

test("the first words of a long call can be read while it is still being heard, and stay where they are", async ({ app }) => {
  test.setTimeout(600_000);
  // Frames of an MP3 follow one another: the same call several times over is one long call.
  const long = join(app.library, "..", `long-call-${process.pid}.mp3`);
  const bytes = await readFile(sample);
  await writeFile(long, Buffer.concat(Array.from({ length: 4 }, () => bytes)));
  const { page } = app;
  await app.drop([long]);
  const row = page.getByRole("row", { name: /long-call/u });
  await expect(row).toBeVisible({ timeout: 30_000 });
  await row.dblclick();

  const still = page.getByTestId("still-listening");
  await expect(still).toBeVisible({ timeout: 200_000 });
  await expect(still).toContainText("Still listening");
  const transcript = page.getByRole("region", { name: "Transcript" });
  const first = transcript.getByText("City", { exact: false }).first();
  await expect(first).toBeVisible();
  // It is not done: the words came before the end.
  await expect(page.getByTestId("job")).toHaveAttribute("data-state", "running");
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: join(screens, `still-listening-${scheme}.png`) });
  }
  // Not a digit of the card number, on its way either.
  expect(await transcript.innerText()).not.toMatch(/four five four three/iu);

  // A page that opens meanwhile has it too.
  await page.reload();
  await expect(page.getByTestId("still-listening")).toBeVisible({ timeout: 30_000 });

  // More comes, and the page stays where the reader is.
  const scroller = page.getByTestId("transcript");
  await scroller.evaluate((element) => {
    element.scrollTop = 40;
    element.dispatchEvent(new WheelEvent("wheel", { bubbles: true }));
  });
  await expect(page.getByTestId("still-listening")).toHaveCount(0, { timeout: 400_000 });
  expect(await scroller.evaluate((element) => element.scrollTop)).toBe(40);
  await expect(transcript.getByText("City", { exact: false }).first()).toBeAttached();
  expect(await transcript.innerText()).not.toMatch(/four five four three/iu);
});

test("what is asked of imports is set by keys alone, kept, and done", async ({ app }) => {
  test.setTimeout(400_000);
  let { page } = app;
  const button = page.getByTestId("import-options");
  await button.focus();
  await page.keyboard.press("Enter");
  const form = page.getByTestId("import-options-form");
  await expect(form).toBeVisible();
  await page.getByRole("combobox", { name: "Languages spoken" }).focus();
  await page.keyboard.type("engl");
  await page.getByRole("option", { name: "English" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(form.getByText("English", { exact: true })).toBeVisible();
  const words = page.getByRole("textbox", { name: "Words of your own" });
  await words.focus();
  await page.keyboard.type("Bluebird Energy\na, b, c");
  await expect(form.getByText("Line 2: more than two columns")).toBeVisible();
  await expect(page.getByRole("button", { name: "Use for imports" })).toBeDisabled();
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: join(screens, `import-options-${scheme}.png`) });
  }
  const { violations } = await new AxeBuilder({ page }).options({ preload: false }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  await words.fill("Bluebird Energy\nelectricity => power");
  await page.getByRole("button", { name: "Use for imports" }).focus();
  await page.keyboard.press("Enter");
  await expect(form).toHaveCount(0);
  await expect(button).toHaveText("Options: 2 set");

  page = await app.restart();
  await expect(page.getByTestId("import-options")).toHaveText("Options: 2 set");
  await app.drop([join(root, "resources", "samples", "bluebird-energy-bill.opus")]);
  const row = page.getByRole("row", { name: /bluebird-energy-bill/u });
  await expect(row).toContainText("Ready", { timeout: 180_000 });
  await row.dblclick();
  const replaced = page.locator("[data-heard]").first();
  await expect(replaced).toHaveText(/power/iu);
  await expect(replaced).toHaveAttribute("title", /Heard: electricity/iu);
  await page.getByTestId("doubt-legend").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("written by the vocabulary", { exact: false })).toBeVisible();
  await page.screenshot({ path: join(screens, "doubt-legend.png") });
});

test("a call in two languages shows its English beside it, the language of a turn where it differs, and every doubt", async ({
  app,
}) => {
  const { page } = app;
  let at = 0;
  const turn = (text: string, more: object = {}, wordMore: readonly object[] = []) => {
    const startMs = at * 1_000;
    const words = text.split(" ").map((word, i) => {
      at += 0.5;
      const times = { startMs: Math.round(at * 1_000), endMs: Math.round(at * 1_000) + 400 };
      return { id: `w${at}`, text: word, ...times, confidence: 0.9, ...wordMore[i] };
    });
    at += 1;
    return { id: `t${at}`, participantId: "p0", startMs, endMs: at * 1_000, text, words, speakerConfidence: null, ...more };
  };
  const turns = [
    turn("Buenos días, ¿en qué puedo ayudarle?", { translation: "Good morning, how can I help you?" }),
    turn("I would rather speak English.", { language: "en" }),
    turn("uno dos tres Earmark.", {}, [
      { doubt: "improbable" },
      { doubt: "repetition" },
      { doubt: "no-speech" },
      { heard: "ear mark." },
    ]),
  ];
  const id = "01JD00000000000000000000";
  const source = { name: "llamada.json", sha256: "0".repeat(64), bytes: 1, format: "Earmark" };
  const participants = [{ id: "p0", role: "agent", roleConfidence: null, name: "Ana", channel: null }];
  const measures = { talkMs: 0, nonTalkMs: 0, silences: [], longestSilenceMs: 0, overlaps: [], overlapMs: 0 };
  const conversation = {
    id,
    kind: "call",
    channel: "voice",
    title: "Llamada",
    startedAt: null,
    timeZone: null,
    importedAt: "2026-11-21T10:00:00.000Z",
    source,
    durationMs: 30_000,
    language: "es",
    participants,
    turns,
    shortfalls: [],
    provenance: null,
    measures: { ...measures, interruptions: [], participants: [] },
  };
  const path = join(app.library, "..", `llamada-${process.pid}.json`);
  await writeFile(path, JSON.stringify({ schema: "https://earmark.app/schema/conversation", version: 1, conversation }));
  await app.drop([path]);
  const row = page.getByRole("row", { name: /llamada/iu });
  await expect(row).toContainText("Ready", { timeout: 60_000 });
  await row.dblclick();
  const transcript = page.getByRole("region", { name: "Transcript" });
  await expect(transcript.getByText("Buenos")).toBeVisible();
  await expect(transcript.getByText("Good morning, how can I help you?")).toBeVisible();
  await expect(transcript.getByTestId("turn-language")).toHaveText(["In English"]);
  for (const doubt of ["improbable", "repetition", "no-speech"])
    await expect(transcript.locator(`[data-doubt="${doubt}"]`)).toHaveAttribute("title", /^In doubt:/u);
  await expect(transcript.locator("[data-heard]")).toHaveAttribute("title", /^Heard: ear mark\./u);
  await page.getByRole("button", { name: "3 words in doubt" }).click();
  for (const words of ["The model was not sure of the word", "The model repeated itself", "Hardly any speech there"])
    await expect(page.getByText(words)).toBeVisible();
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: join(screens, `doubts-and-languages-${scheme}.png`) });
  }
});
