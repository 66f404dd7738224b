import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, type RunningEarmark, test } from "./earmark.ts";
import { expectNoViolations, picture, samples } from "./looking.ts";

const files = [
  "northwind-mortgage-bot.jsonl",
  "northwind-mortgage-chat.json",
  "northwind-mortgage-call.json",
  "northwind-mortgage-sms.jsonl",
];

/** Takes in a customer's bot session, chat and call, and somebody who may be the same, and opens the list of journeys. */
async function bringAnna(app: RunningEarmark): Promise<Page> {
  const { page } = app;
  await app.drop(files.map((file) => join(samples, file)));
  await expect(page.getByRole("row", { name: /Ready/u })).toHaveCount(4, { timeout: 60_000 });
  await page.keyboard.press("Alt+y");
  await expect(page.getByRole("list", { name: "Customers" }).getByRole("link")).toContainText("3 conversations", {
    timeout: 30_000,
  });
  return page;
}

test("a journey of a bot session, a chat and a call is opened and read by keyboard, each claim with its words", async ({
  app,
}) => {
  const page = await bringAnna(app);
  const customer = page.getByRole("list", { name: "Customers" }).getByRole("link");
  await expect(customer).toContainText("Anna Fields");
  await expect(customer).toContainText("asked again");
  await expectNoViolations(page, "[data-testid=journeys]");
  await picture(page, "journeys");

  await customer.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Anna Fields" })).toBeVisible();
  const claims = page.getByRole("region", { name: "What can be said of it" });
  await expect(claims).toContainText("Asked again: date of birth");
  await expect(claims).toContainText("not kept, as the customer says");
  await expect(claims).toContainText("The bot handed over");
  await expect(page.getByRole("region", { name: "On one line of time" }).getByRole("button")).toHaveCount(3);
  await expectNoViolations(page, "[data-testid=journey]");
  await picture(page, "journey");

  await page.getByRole("heading", { name: "The conversations" }).scrollIntoViewIfNeeded();
  await page.getByRole("button", { name: "Look into it" }).last().scrollIntoViewIfNeeded();
  await picture(page, "journey-story");

  const words = claims.getByRole("button", { name: /Nobody called me back/u });
  await words.focus();
  await page.keyboard.press("Enter");
  const peek = page.getByRole("dialog");
  await expect(peek.locator("mark")).toContainText("Nobody called me back");
  await expectNoViolations(page, "[role=dialog]");
  await picture(page, "journey-peek");
  await page.keyboard.press("Escape");
  await expect(peek).toBeHidden();

  await page.getByText("As a table").click();
  await expect(page.getByRole("table")).toContainText("Marcus (Agent)");
  await expectNoViolations(page, "[data-testid=journey]");
  await picture(page, "journey-table");
});

test("a proposal is confirmed by keyboard, told why, and taken back", async ({ app }) => {
  const page = await bringAnna(app);
  const proposal = page.getByRole("list", { name: "Proposals" }).getByRole("listitem");
  await expect(proposal).toHaveCount(1);
  await expect(proposal).toContainText("a number that differs by one digit");
  await proposal.focus();
  await page.keyboard.press("y");
  const customer = page.getByRole("list", { name: "Customers" }).getByRole("link");
  await expect(customer).toContainText("4 conversations");
  await customer.focus();
  await page.keyboard.press("Enter");
  const undo = page.getByRole("button", { name: "Take this back" });
  await undo.focus();
  await page.keyboard.press("Enter");
  await expect(undo).toBeHidden();
  await expect(page.getByRole("region", { name: "On one line of time" }).getByRole("button")).toHaveCount(3);
});

test("from a conversation the keys go to the customer's next one and to the journey, and the bot's measures are shown", async ({
  app,
}) => {
  const page = await bringAnna(app);
  await page.getByRole("list", { name: "Customers" }).getByRole("link").press("Enter");
  await page.getByRole("link", { name: "Open in full" }).first().click();
  await expect(page.getByRole("navigation", { name: "Journey of this customer" })).toContainText("1 of 3");
  const figures = page.getByTestId("bot-figures");
  await expect(figures).toContainText("No, a person was needed");
  await expect(page.getByRole("table", { name: "Intents" })).toContainText("OpenAccount");
  await expectNoViolations(page, "[role=tabpanel]");
  await picture(page, "journey-bot-session");
  await page.keyboard.press("}");
  await expect(page.getByRole("navigation", { name: "Journey of this customer" })).toContainText("2 of 3");
  await page.keyboard.press("Alt+Shift+Y");
  await expect(page.getByRole("heading", { level: 1, name: "Anna Fields" })).toBeVisible();
});
