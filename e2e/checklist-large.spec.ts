import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "./earmark.ts";
import { expectNoViolations, picture } from "./looking.ts";

/* A checklist of a hundred questions with every kind of answer: it stays quick to go through, and each kind has its keys. */

/** One question of each kind that the form language knows, numbered so that ids and texts differ. */
const kinds: readonly ((n: number) => string)[] = [
  (n) => `      - { id: q${n}, type: yes-no, ask: Was step ${n} done?, weight: 1, answeredBy: person }`,
  (n) => `      - id: q${n}
        type: single
        ask: How well was step ${n} done?
        weight: 1
        options:
          - { id: well, text: Well, points: 2 }
          - { id: partly, text: Partly, points: 1 }
          - { id: not, text: Not at all, points: 0 }
        answeredBy: person`,
  (n) => `      - id: q${n}
        type: multiple
        ask: What was named in step ${n}?
        scored: false
        options:
          - { id: price, text: The price }
          - { id: term, text: "The term of the contract, and how either side can end it before it is over" }
          - { id: fee, text: The fee }
        answeredBy: person`,
  (n) => `      - id: q${n}
        type: numeric
        ask: How often was the customer interrupted in step ${n}?
        weight: 1
        ranges:
          - { from: 0, to: 2, points: 2 }
          - { from: 3, points: 0 }
        answeredBy: person`,
  (n) => `      - { id: q${n}, type: date, ask: By when was step ${n} promised?, scored: false, answeredBy: person }`,
  (n) => `      - { id: q${n}, type: text, ask: What is worth saying about step ${n}?, scored: false, answeredBy: person }`,
];

/** A checklist of so many questions in sections of ten. */
function checklistOf(questions: number): string {
  const numbers = Array.from({ length: questions }, (_, index) => index + 1);
  const sections = numbers
    .filter((n) => n % 10 === 1)
    .map((first) => {
      const asked = numbers.slice(first - 1, first + 9).map((n) => kinds[n % kinds.length]?.(n));
      return `  - id: s${first}\n    title: Steps ${first} to ${first + 9}\n    weight: 1\n    questions:\n${asked.join("\n")}`;
    });
  return `schema: earmark-checklist/1\nid: hundred\nversion: 1\ntitle: A hundred steps\nsections:\n${sections.join("\n")}\n`;
}

test("a checklist of a hundred questions of every kind is gone through and answered by keys", async ({ app }, info) => {
  const { page } = app;
  await expect(page.getByRole("heading", { name: "Nothing to hear yet" })).toBeVisible();
  const path = join(tmpdir(), `hundred-steps-${info.workerIndex}.txt`);
  await writeFile(path, "Agent: Hello, how can I help?\nCustomer: My refund is late.\nAgent: It left us on Monday.\n");
  await app.drop([path]);
  const row = page.getByRole("row", { name: /hundred-steps/u });
  await expect(row).toContainText("Ready", { timeout: 60_000 });
  await page.keyboard.press("Alt+K");
  await expect(page.getByRole("table", { name: "Checklists of the library" })).toBeVisible();
  await page.keyboard.press("Control+o");
  await page.getByTestId("import-checklist").setInputFiles({
    name: "hundred.yaml",
    mimeType: "text/yaml",
    buffer: Buffer.from(checklistOf(100)),
  });
  await expect(page.getByTestId("import-report")).toContainText("A hundred steps");
  await expect(page.getByRole("button", { name: "Open it" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("It can be read: 100 questions.")).toBeVisible();

  await page.getByRole("link", { name: "Library" }).click();
  await row.dblclick();
  await expect(page.getByText("My refund is late").first()).toBeVisible();
  await page.keyboard.press("Alt+j");
  const checklist = page.getByTestId("checklist");
  await checklist.getByRole("button", { name: "Another checklist" }).click();
  await page.getByRole("menuitem", { name: "A hundred steps" }).click();
  const current = page.locator('[data-question][aria-current="true"]');
  await expect(checklist.locator('[data-question="q1"]')).toBeVisible();
  await page.keyboard.press("Alt+j");
  await expect(current).toBeFocused();
  await picture(page, "checklist-hundred");

  const answered = /^answered$/u;
  /** Goes to a question by the arrow keys. */
  const goTo = async (id: string) => {
    for (let step = 0; step < 100 && (await current.getAttribute("data-question")) !== id; step++) {
      await page.keyboard.press("ArrowDown");
    }
    await expect(current).toHaveAttribute("data-question", id);
    await expect(current).toBeFocused();
    return current;
  };
  await goTo("q6");
  await page.keyboard.press("y");
  await expect(checklist.locator('[data-question="q6"]')).toHaveAttribute("data-state", answered);
  await goTo("q7");
  await page.keyboard.press("2");
  await expect(checklist.locator('[data-question="q7"]')).toHaveAttribute("data-state", answered);
  const several = await goTo("q8");
  await page.keyboard.press("1");
  await page.keyboard.press("3");
  await picture(page, "checklist-several");
  await page.keyboard.press("Enter");
  await expect(several).toHaveAttribute("data-state", answered);
  const number = await goTo("q9");
  await page.keyboard.press("w");
  await page.keyboard.type("many");
  await page.keyboard.press("Enter");
  await expect(number).toContainText("Write a number");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("2");
  await picture(page, "checklist-number");
  await page.keyboard.press("Enter");
  await expect(number).toHaveAttribute("data-state", answered);
  const date = await goTo("q10");
  await page.keyboard.press("w");
  await page.keyboard.type("11302026");
  await picture(page, "checklist-date");
  await page.keyboard.press("Enter");
  await expect(date).toHaveAttribute("data-state", answered);
  const text = await goTo("q11");
  await page.keyboard.press("w");
  await page.keyboard.type("Said twice.");
  await page.keyboard.press("Control+Enter");
  await expect(text).toHaveAttribute("data-state", answered);

  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectNoViolations(page, '[data-testid="checklist"]');
  }
  await goTo("q100");
  await picture(page, "checklist-hundred-end");

  // Signing names what waits, and leads to the first of it.
  await page.keyboard.press("Control+Enter");
  await expect(checklist.getByRole("alert")).toContainText("94");
});
