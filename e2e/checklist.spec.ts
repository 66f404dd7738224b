import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { expect, type RunningEarmark, test } from "./earmark.ts";
import { expectNoViolations, picture, samples } from "./looking.ts";

/*
 * A supervisor judges a call by a checklist, with hands on the keyboard: from the list to the signed verdict. Answers stay
 * tied to the words under them.
 */

test.describe.configure({ timeout: 300_000 });

/** Imports the sample call, and opens it by keys alone. */
async function open(app: RunningEarmark): Promise<Page> {
  const { page } = app;
  await app.drop([join(samples, "bluebird-energy-bill.opus")]);
  const row = page.getByRole("row", { name: /bluebird-energy-bill/u });
  await expect(row).toContainText("Ready", { timeout: 200_000 });
  const held = page.locator(":focus");
  for (let step = 0; step < 40 && !(await held.and(row).count()); step++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("transcript")).toBeVisible();
  return page;
}

/** Goes from anywhere to the checklist by its key, and chooses which one. */
async function toChecklist(page: Page, title: string): Promise<Locator> {
  await page.keyboard.press("Alt+j");
  const checklist = page.getByTestId("checklist");
  await expect(current(page)).toBeFocused();
  const choice = checklist.getByTestId("checklist-choice");
  for (let step = 0; step < 20 && !(await choice.evaluate((each) => each === document.activeElement)); step++) {
    await page.keyboard.press("Shift+Tab");
  }
  await page.keyboard.type(title);
  await expect(choice.locator("option:checked")).toContainText(title);
  // From above the questions the same key leads to them.
  await page.keyboard.press("Alt+j");
  await expect(current(page)).toBeFocused();
  return checklist;
}

/** Where the person is in the checklist. */
function current(page: Page): Locator {
  return page.locator('[data-question][aria-current="true"]');
}

/** Goes to a question by the arrow keys. */
async function goTo(page: Page, id: string): Promise<Locator> {
  for (let step = 0; step < 40; step++) await page.keyboard.press("ArrowUp");
  for (let step = 0; step < 40 && (await current(page).getAttribute("data-question")) !== id; step++) {
    await page.keyboard.press("ArrowDown");
  }
  await expect(current(page)).toHaveAttribute("data-question", id);
  await expect(current(page)).toBeFocused();
  return current(page);
}

test("a call is scored by keyboard alone, from the list to the submitted verdict", async ({ app }) => {
  const page = await open(app);
  const press = (key: string) => page.keyboard.press(key);

  // One key leads to the first question that waits, and the checklist is chosen above.
  const checklist = await toChecklist(page, "Service quality");
  await expect(checklist.getByTestId("stage")).toHaveText(/machine alone/u);
  await expect(checklist.getByTestId("provisional")).toContainText("seen by no person yet");
  await picture(page, "checklist-waiting");
  await expectNoViolations(page, '[data-testid="checklist"]');

  // Signing is refused while something waits, and what waits is named.
  await press("Control+Enter");
  await expect(checklist.getByRole("alert")).toContainText("still wait");

  // The keys of the page are its own again outside of the checklist: here A answers, there it accepts a doubtful word.
  const greeting = await goTo(page, "greeting");
  await expect(greeting).toHaveAttribute("data-state", "suggested");
  await picture(page, "checklist-begun");
  await press("Enter");
  await expect(greeting).toHaveAttribute("data-state", "answered");
  await expect(checklist.getByTestId("stage")).toHaveText(/Under way/u);
  await press("Control+z");
  await expect(greeting).toHaveAttribute("data-state", "suggested");

  // The evidence is heard.
  const position = page.getByTestId("position");
  const evidence = greeting.getByRole("button", { name: /^Play \d/u });
  if ((await evidence.count()) > 0) {
    const before = await position.innerText();
    await press("p");
    await expect(page.getByRole("button", { name: "Pause", exact: true })).toBeVisible();
    await expect(position).not.toHaveText(before);
    await press("p");
    await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
  }

  // An option that asks for a reason is not taken without one.
  const knowledge = await goTo(page, "knowledge");
  await press("3");
  const reason = knowledge.getByRole("textbox", { name: /Reason for/u });
  await expect(reason).toBeFocused();
  await expect(knowledge).toContainText("needs a reason");
  await picture(page, "checklist-reason");
  await expectNoViolations(page, '[data-testid="checklist"]');
  await page.keyboard.type("The tariff named is not the one of the contract.");
  await press("Control+Enter");
  await expect(knowledge).toHaveAttribute("data-state", "answered");
  await expect(knowledge).toContainText("The tariff named");
  await expect(knowledge).toBeFocused();

  // The machine is overruled, and the reason is told beside.
  const thanks = await goTo(page, "thanks");
  const suggestsYes = (await thanks.locator('[aria-pressed][data-machine="true"]').first().innerText()).startsWith("Yes");
  await press(suggestsYes ? "n" : "y");
  await expect(thanks).toHaveAttribute("data-state", "answered");
  await expect(thanks).toContainText("against the machine's");
  await press("r");
  await expect(thanks.getByRole("textbox", { name: /Reason for/u })).toBeFocused();
  await page.keyboard.type("Heard it myself.");
  await press("Control+Enter");
  await expect(thanks).toContainText("Heard it myself.");
  await picture(page, "checklist-overruled");

  // Everything else: what the machine says is accepted, what it leaves is answered.
  await goTo(page, "greeting");
  for (let step = 0; step < 40; step++) {
    const here = current(page);
    const id = await here.getAttribute("data-question");
    const state = await here.getAttribute("data-state");
    if (state === "suggested") await press("Enter");
    else if (state === "for-a-person" || state === "unanswered") {
      if ((await here.getByRole("button", { name: /^Yes/u }).count()) > 0) await press("y");
      else if ((await here.getByRole("button", { name: /^Your answer/u }).count()) > 0) {
        await press("w");
        await page.keyboard.type("Calm throughout.");
        await press("Control+Enter");
      } else await press("1");
    }
    await expect(here).toHaveAttribute("data-state", /^(?:answered|not-applicable)$/u);
    await expect(here).toBeFocused();
    await press("ArrowDown");
    if ((await current(page).getAttribute("data-question")) === id) break;
  }
  await expect(checklist.getByTestId("provisional")).toHaveCount(0);
  await press("Control+Enter");
  await expect(checklist.getByTestId("stage")).toHaveText(/^Submitted/u);
  await picture(page, "checklist-submitted");
  await expectNoViolations(page, '[data-testid="checklist"]');

  // What was signed is read, and opened again by a key.
  await goTo(page, "thanks");
  await press("y");
  await press("n");
  await expect(current(page)).toContainText("against the machine's");
  await press("o");
  await expect(checklist.getByTestId("stage")).toHaveText(/Under way/u);

  // The list has the score, and finds the call by it.
  const percent = await checklist.getByTestId("score").innerText();
  await page.getByRole("link", { name: "Back to the list" }).focus();
  await press("Enter");
  const row = page.getByRole("row", { name: /bluebird-energy-bill/u });
  await expect(row.getByRole("img", { name: /service-quality, under way/u })).toContainText(percent);
  await press("/");
  await page.keyboard.type("score<99 form:service-quality review:draft ");
  await expect(row).toBeVisible();
  await picture(page, "library-scores");
  await page.keyboard.type("stale:yes ");
  await expect(row).toHaveCount(0);
});

test("a word edited under an answer makes it stale and the score provisional, until it is looked at", async ({ app }) => {
  const page = await open(app);
  const press = (key: string) => page.keyboard.press(key);
  const transcript = page.getByTestId("transcript");
  const checklist = await toChecklist(page, "Service quality");

  // Words are chosen, and put under an answer.
  await transcript.focus();
  await press("Enter");
  await press("ArrowRight");
  await press("Shift+ArrowRight");
  const word = await page.locator(":focus").innerText();
  await press("Alt+j");
  const resolved = await goTo(page, "resolved");
  await press("e");
  await expect(resolved).toContainText("will stand under your answer");
  await press("y");
  await expect(resolved).toHaveAttribute("data-state", "answered");
  await expect(resolved.getByRole("button", { name: /^Play \d/u })).toContainText(word);

  // The marker in the recording stands for it.
  await expect(page.getByTestId("checklist")).toContainText("Rests on");

  // Back to the words: one of them is written anew.
  await press("Alt+j");
  await expect(page.locator(":focus")).toHaveText(word);
  await press("e");
  await expect(page.getByRole("textbox", { name: /^Text of/u })).toBeFocused();
  await page.keyboard.type("Xylophone");
  await press("Enter");
  await expect(resolved).toHaveAttribute("data-state", "stale");
  await expect(resolved).toContainText("and now are");
  await expect(checklist.getByTestId("provisional")).toContainText("rests on words that have changed");
  await expect(page.getByRole("tab", { name: /^Checklist \d+/u })).toBeVisible();
  await press("Alt+j");
  await expect(resolved).toBeFocused();
  await picture(page, "checklist-stale");
  await expectNoViolations(page, '[data-testid="checklist"]');

  // The shortest stretch that settles most is played to its end, and counts as heard.
  await press("l");
  await expect(page.getByRole("button", { name: "Pause", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible({ timeout: 40_000 });
  await expect(checklist.getByTestId("listen-next")).toContainText("Heard so far");
  await expect(resolved).toBeFocused();

  // Still so: the same answer, on the words as they are now.
  await press("s");
  await expect(resolved).toHaveAttribute("data-state", "answered");
  await expect(resolved.getByRole("button", { name: /^Play \d/u })).toContainText("Xylophone");
  await expect(checklist.getByTestId("provisional")).not.toContainText("words that have changed");

  // Another checklist is begun from the menu, and the first is a choice away.
  await checklist.getByRole("button", { name: "Another checklist" }).click();
  await picture(page, "checklist-begin-another");
  await page.getByRole("menuitem").first().click();
  await expect(checklist.getByTestId("checklist-choice").locator("option")).not.toHaveCount(1);
});
