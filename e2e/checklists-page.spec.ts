import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "./earmark.ts";
import { expectNoViolations, picture } from "./looking.ts";

/* What is asked of conversations: kept, imported, written with a conversation judged beside it, and switched on. */

const lines = [
  "Agent: Hello, thank you for calling Greenfield. How can I help?",
  "Customer: My refund is late, and I have called twice.",
  "Agent: I am sorry about that. I can see the refund, it left us on Monday.",
  "Customer: Thank you, that is a relief.",
  "Agent: You are welcome. Goodbye.",
];

/** As Amazon Connect's API gives out an evaluation form, with something that only Connect knows. */
const connectForm = {
  EvaluationForm: {
    EvaluationFormId: "15d8fbf1-b4b2-4ace-869b-82714e2f6e3e",
    EvaluationFormVersion: 1,
    Locked: false,
    Title: "Late refunds",
    Description: "Of every call about a refund.",
    Status: "ACTIVE",
    Items: [
      {
        Section: {
          Title: "Handling",
          RefId: "handling",
          Items: [
            {
              Question: {
                Title: "Did the agent look into the refund?",
                RefId: "looked",
                NotApplicableEnabled: true,
                QuestionType: "SINGLESELECT",
                Weight: 100,
                ScoringConfiguration: { ScoreThresholds: [{ PerformanceCategory: "NEEDS_IMPROVEMENT", MaxScorePercentage: 50 }] },
                QuestionTypeProperties: {
                  SingleSelect: {
                    DisplayAs: "RADIO",
                    Options: [
                      { RefId: "o1", Text: "Fully", Score: 10 },
                      { RefId: "o2", Text: "Not at all", Score: 0 },
                    ],
                    Automation: {
                      Options: [{ RuleCategory: { Category: "Refund looked up", Condition: "PRESENT", OptionRefId: "o1" } }],
                      AnswerSource: { SourceType: "GEN_AI" },
                    },
                  },
                },
              },
            },
          ],
        },
      },
    ],
    ScoringStrategy: { Mode: "QUESTION_ONLY", Status: "ENABLED" },
    Tags: { team: "refunds" },
  },
};

const question = (type: string): string => `      - id: sorry
        type: ${type}
        ask: Did the agent apologise?
        weight: 50
        answeredBy: { rule: { holds: { said: [sorry, apologise], by: agent } } }
`;

async function bringIn(page: Page, drop: (paths: string[]) => Promise<void>, index: number): Promise<void> {
  const path = join(tmpdir(), `checklists-${index}-refund.txt`);
  await writeFile(path, lines.join("\n"));
  await expect(page.getByRole("heading", { name: "Nothing to hear yet" })).toBeVisible();
  await drop([path]);
  const row = page.getByRole("row", { name: /checklists-/u });
  await expect(row).toContainText("Ready", { timeout: 60_000 });
  await row.dblclick();
  await expect(page.getByText("My refund is late").first()).toBeVisible();
}

test("a checklist is imported, written with a conversation beside it, saved, switched on and met on the review page", async ({
  app,
}, info) => {
  test.setTimeout(180_000);
  let { page } = app;
  await bringIn(page, (paths) => app.drop(paths), info.workerIndex);

  await page.keyboard.press("Alt+K");
  await expect(page.getByRole("heading", { name: "Checklists", level: 1 })).toBeVisible();
  const table = page.getByRole("table", { name: "Checklists of the library" });
  await expect(table.getByRole("row", { name: /Service quality/u })).toContainText("Comes with Earmark");
  await picture(page, "checklists");
  await expectNoViolations(page);

  // A text that is wrong names its line; Connect's form comes in with what could not be carried.
  await page.keyboard.press("Control+o");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Or paste its text").fill("schema: earmark-checklist/1\nid: a b\nversion: 1\ntitle: A\n");
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText(/Line \d+, column \d+/u);
  await picture(page, "checklist-import-fault");
  await page.getByTestId("import-checklist").setInputFiles({
    name: "refunds.json",
    mimeType: "application/json",
    buffer: Buffer.from(JSON.stringify(connectForm)),
  });
  await expect(dialog.getByTestId("import-report")).toContainText("Imported from Amazon Connect's form as Late refunds");
  await expect(dialog.getByTestId("import-report")).toContainText("Bands of a single question were left out.");
  await picture(page, "checklist-import");
  await expect(page.getByRole("button", { name: "Open it" })).toBeFocused();
  await page.keyboard.press("Enter");

  const heading = page.getByRole("heading", { name: "Late refunds", level: 1 });
  await expect(heading).toBeVisible();
  const text = page.getByRole("textbox", { name: "The checklist, as YAML" });
  const preview = page.getByTestId("checklist-preview");
  const score = preview.getByTestId("preview-score");
  await expect(score).toHaveText("Not scored");
  const before = await text.innerText();

  // A mistake is told at its line while it is typed; what was understood last stays beside it.
  await text.focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.insertText(`${before.endsWith("\n") ? "" : "\n"}${question("yes-or-no")}`);
  const faults = page.getByTestId("form-faults");
  await expect(faults).toContainText("1 mistake");
  await expect(faults).toContainText("type is one of: yes-no");
  await expect(preview).toContainText("The answers are those of the last text that could be read.");
  await picture(page, "checklist-fault");
  await expectNoViolations(page);
  await faults.getByRole("button", { name: /Line/u }).focus();
  await page.keyboard.press("Enter");
  await expect(text).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("Shift+End");
  await page.keyboard.type("type: yes-no");
  await expect(faults).toContainText("It can be read: 2 questions.");
  await expect(score).toHaveText("100%");
  await expect(preview.getByRole("link", { name: /sorry/u })).toBeVisible();
  await preview.locator('[data-question="sorry"] summary').click();
  await expect(preview).toContainText("Yes where the agent says");
  await picture(page, "checklist-writing");
  await expectNoViolations(page);

  // Completion by the schema.
  await page.keyboard.press("Escape");
  await text.focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("pas");
  await expect(page.getByRole("listbox")).toContainText("pass");
  // A list that has just come up takes no key yet, so that nobody chooses by accident.
  await page.waitForTimeout(300);
  await page.keyboard.press("Enter");
  await expect(text).toContainText("pass: ");
  await page.keyboard.type("75");
  await expect(preview).toContainText("Passed");

  // Neither going elsewhere nor a crash costs what is typed.
  await page.getByRole("link", { name: "Library" }).click();
  await page.getByRole("link", { name: "Checklists", exact: true }).click();
  await expect(table.getByRole("row", { name: /Late refunds/u })).toContainText("Not saved");
  await table.getByRole("link", { name: "Late refunds" }).click();
  await expect(text).toContainText("pass: 75");
  page.on("dialog", (asked) => void asked.accept());
  page = await app.restart({ hard: true });
  await page.getByRole("link", { name: "Checklists", exact: true }).click();
  const again = page.getByRole("table", { name: "Checklists of the library" });
  await again.getByRole("link", { name: "Late refunds" }).click();
  await expect(page.getByRole("textbox", { name: "The checklist, as YAML" })).toContainText("pass: 75");
  await page.getByRole("textbox", { name: "The checklist, as YAML" }).focus();
  await page.keyboard.press("Control+s");
  await expect(page.getByText("Saved as version 2.")).toBeVisible();
  await expect(page.getByText("Not saved")).toHaveCount(0);

  await page.getByRole("tab", { name: "Versions" }).click();
  const versions = page.getByTestId("checklist-versions");
  await versions.getByLabel("Version", { exact: true }).selectOption("1");
  await expect(versions).toContainText("Did the agent apologise?");
  await picture(page, "checklist-versions");
  await expectNoViolations(page);
  await page.getByRole("tab", { name: "On a conversation" }).click();

  // Switched on, it judges what there is; its evaluation waits on the review page.
  await page.getByRole("switch", { name: "Judge every conversation with Late refunds" }).focus();
  await page.keyboard.press("Space");
  await expect(page.getByRole("dialog")).toContainText("1 conversation is judged by it now");
  await picture(page, "checklist-switch-on");
  await page.getByRole("button", { name: "Judge every conversation", exact: true }).click();
  await expect(page.getByText("Late refunds judges every conversation now.")).toBeVisible();
  await page.getByTestId("checklist-preview").getByRole("link", { name: /sorry/u }).click();
  await expect(page).toHaveURL(/\/conversation\/.*turn=/u);
  await page.getByRole("tab", { name: /Checklist/u }).click();
  const choice = page.getByTestId("checklist-choice");
  await expect(choice).toContainText("Late refunds: 100%", { timeout: 30_000 });
  await choice.selectOption("Late refunds: 100%");
  await expect(page.getByText("Did the agent apologise?").first()).toBeVisible();
  expect(app.proxied()).toEqual([]);
});

test("a checklist is written anew, copied, given out and deleted by keyboard", async ({ app }) => {
  const { page } = app;
  await expect(page.getByRole("heading", { name: "Nothing to hear yet" })).toBeVisible();
  await page.keyboard.press("Alt+K");
  await expect(page.getByRole("table", { name: "Checklists of the library" })).toBeVisible();
  await page.keyboard.press("Control+Alt+n");
  await expect(page.getByText("It can be read: 2 questions.")).toBeVisible();
  await expect(page.getByText("There is no conversation to try it on.")).toBeVisible();
  await picture(page, "checklist-new");
  await expectNoViolations(page);
  await page.keyboard.press("Control+s");
  await expect(page.getByText("Saved as version 1.")).toBeVisible();
  await expect(page).toHaveURL(/\/checklists\/new-checklist$/u);

  const actions = page.getByRole("button", { name: "What can be done with New checklist" });
  await actions.focus();
  await page.keyboard.press("Enter");
  const saving = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Export for Amazon Connect" }).click();
  expect(JSON.parse(await readFile(await (await saving).path(), "utf8"))).toMatchObject({ Title: "New checklist" });
  await expect(page.getByRole("dialog")).toContainText("Amazon Connect's form cannot carry everything");
  await picture(page, "checklist-export");
  await page.keyboard.press("Escape");

  await actions.click();
  await page.getByRole("menuitem", { name: "Duplicate" }).click();
  await expect(page.getByRole("heading", { name: "New checklist (copy)", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "What can be done with New checklist (copy)" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect(page.getByRole("dialog")).toContainText("It goes out of the list");
  await page.getByRole("button", { name: "Delete the checklist" }).click();
  await expect(page.getByRole("table", { name: "Checklists of the library" })).toBeVisible();
  await expect(page.getByRole("link", { name: "New checklist (copy)" })).toHaveCount(0);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toContainText("Write a new checklist");
  expect(app.proxied()).toEqual([]);
});
