import { join } from "node:path";
import { expect, test } from "./earmark.ts";
import { expectNoViolations, picture, samples } from "./looking.ts";

/* What people say about a conversation, and how they find their way in it: comments, bookmarks, tags, find and replace, chats. */

test.describe.configure({ timeout: 300_000 });

test("a call is corrected, commented on and tagged by keys alone, and the comment follows its words", async ({ app }) => {
  const { page } = app;
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await app.drop([join(samples, "bluebird-energy-bill.opus")]);
  const row = page.getByRole("row", { name: /bluebird-energy-bill/u });
  await expect(row).toContainText("Ready", { timeout: 200_000 });
  await row.focus();
  await press("Enter");
  const transcript = page.getByTestId("transcript");
  const firstTurn = transcript.getByRole("article").first();
  await expect(firstTurn).toBeVisible();

  // Two words are chosen and commented on.
  await transcript.focus();
  await press("Enter", "ArrowRight", "Shift+ArrowRight", "c");
  const field = page.getByRole("textbox", { name: "New comment" });
  await expect(field).toBeFocused();
  await page.keyboard.type("Was this said as agreed?");
  await press("Tab", "Tab", "Enter");
  await expect(field).toBeFocused();
  await expect(field).toHaveValue(/@supervisor/u);
  await press("Control+Enter");
  const thread = page.getByRole("article", { name: /^Thread begun by/u });
  await expect(thread).toContainText("Was this said as agreed?");
  await expect(thread.locator("mark")).toHaveText("@supervisor");
  await expect(firstTurn.locator("[data-commented]")).toHaveCount(2);

  // An answer, by keys from the thread itself.
  await thread.getByRole("button", { name: "Reply" }).focus();
  await press("Enter");
  await expect(page.getByRole("textbox", { name: /^Reply to/u })).toBeFocused();
  await page.keyboard.type("It was not.");
  await press("Control+Enter");
  await expect(thread.getByRole("listitem")).toHaveCount(2);

  // One of the words is written anew: the thread stays on it, and says so.
  const [, second = "", third = ""] = await firstTurn.locator("[data-word]").allInnerTexts();
  await transcript.focus();
  await press("Enter", "ArrowRight", "e");
  await page.keyboard.type("Xylophone");
  await press("Enter");
  await expect(thread.getByTestId("anchor-state")).toContainText("The words have changed");
  await expect(thread.getByTestId("anchor-state")).toContainText(`${second} ${third}`);
  await expect(thread).toContainText("Xylophone");
  await expect(firstTurn.locator("[data-commented]")).toHaveCount(2);

  // Bookmark here, tag the conversation.
  await press("Control+b");
  await expect(page.getByRole("textbox", { name: /^Name of the bookmark/u })).toBeVisible();
  await press("Shift+T");
  const tags = page.getByRole("combobox", { name: "Tags" });
  await expect(tags).toBeFocused();
  await page.keyboard.type("follow up,");
  await expect(page.getByText("follow up", { exact: true }).first()).toBeVisible();
  await press("Tab");
  await picture(page, "comments");
  await expectNoViolations(page);

  // Resolved, it is out of the way; reopened, it is back.
  await thread.getByRole("button", { name: "Resolve" }).focus();
  await press("Enter");
  await expect(thread).toHaveCount(0);
  await expect(firstTurn.locator("[data-commented]")).toHaveCount(0);
  await page.getByRole("button", { name: "Show resolved (1)" }).focus();
  await press("Enter");
  await thread.getByRole("button", { name: "Reopen" }).focus();
  await press("Enter");
  await expect(firstTurn.locator("[data-commented]")).toHaveCount(2);

  // Find and replace: shown first, done at once, taken back at once.
  await press("Control+h");
  await page.keyboard.type("Daniel");
  const count = page.getByTestId("find-count");
  await expect(count).toHaveText(/1 of \d+/u);
  const places = Number(/of (\d+)/u.exec((await count.innerText()) ?? "")?.[1]);
  expect(places).toBeGreaterThan(1);
  await page.getByRole("textbox", { name: "Replace with" }).focus();
  await page.keyboard.type("Danielle");
  await expect(page.getByTestId("replace").locator("ins").first()).toHaveText(/Danielle/u);
  await picture(page, "find-and-replace");
  await expectNoViolations(page);
  await press("Enter");
  await expect(page.getByTestId("replace")).toHaveCount(0);
  await expect(firstTurn).toContainText("Danielle");
  await press("Control+z");
  await expect(firstTurn).not.toContainText("Danielle");

  // What is hidden is hidden at once, and its label stands in its place.
  await transcript.focus();
  await press("Enter", "ArrowRight", "Control+Shift+X");
  await expect(page.getByRole("combobox", { name: "What stands in their place" })).toBeFocused();
  await page.keyboard.type("instrument");
  await press("Enter");
  await expect(firstTurn.locator("[data-masked]")).toHaveText("instrument");
  await expect(firstTurn).not.toContainText("Xylophone");

  // How sure the model was of each word, and back; kept for the next call.
  await press("w");
  await expect(page.getByTestId("confidence-legend")).toBeVisible();
  await expect(firstTurn.locator("[data-sure]").first()).toBeVisible();
  await picture(page, "confidence");
  await expectNoViolations(page);
  await page.reload();
  await expect(page.getByTestId("confidence-legend")).toBeVisible();
});

test("a chat and a bot session are read, measured and commented on like a call", async ({ app }) => {
  const { page } = app;
  await app.drop([join(samples, "metro-travel-chat.json"), join(samples, "northwind-bank-bot.jsonl")]);
  const chat = page.getByRole("row", { name: /metro-travel-chat/u });
  await expect(chat).toContainText("Ready", { timeout: 200_000 });
  await chat.focus();
  await page.keyboard.press("Enter");
  const messages = page.getByTestId("transcript");
  await expect(messages.getByRole("article").first()).toBeVisible();
  await expect(page.getByTestId("position")).toHaveCount(0);
  const times = page.getByTestId("response-times");
  await expect(times.getByRole("row")).not.toHaveCount(1);
  await expect(messages.getByText(/^answered after/u).first()).toBeVisible();

  // A message is stood on by keys, and commented on.
  await messages.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await expect(page.locator(":focus")).toHaveRole("article");
  await page.keyboard.press("c");
  await page.keyboard.type("Good question.");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("article", { name: /^Thread begun by/u })).toContainText("Good question.");
  await expect(messages.getByRole("button", { name: "1 comment in this turn" })).toBeVisible();
  await picture(page, "chat");
  await expectNoViolations(page);

  // And its text is written anew, and taken back.
  await messages.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  const field = page.getByRole("textbox", { name: /^Text of/u });
  await expect(field).toBeFocused();
  await page.keyboard.type(" Thank you.");
  await page.keyboard.press("Escape");
  await expect(messages.getByRole("article").first()).toContainText("Thank you.");
  // Saved, and so can be taken back.
  await expect(page.getByRole("button", { name: /^Undo/u }).first()).toBeEnabled();
  await page.keyboard.press("Control+z");
  await expect(messages.getByRole("article").first()).not.toContainText("Thank you.");

  await page.goBack();
  const bot = page.getByRole("row", { name: /northwind-bank-bot/u });
  await expect(bot).toContainText("Ready", { timeout: 200_000 });
  await bot.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("tab", { name: "Figures" }).focus();
  await page.keyboard.press("Enter");
  const figures = page.getByTestId("bot-figures");
  await expect(figures).toContainText("Understood");
  await expect(page.getByRole("table", { name: "Intents" }).getByRole("row", { name: /Greeting/u })).toBeVisible();
  await expect(page.getByTestId("transcript").getByText("Not understood").first()).toBeVisible();
  await picture(page, "bot");
  await expectNoViolations(page);
});
