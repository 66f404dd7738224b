import { stringify } from "yaml";
import { checklistSchemaName, type Form } from "../../../app/conformity/form.ts";
import { writeForm } from "../../../app/conformity/form-text.ts";

/** The address under which a checklist is written that is not saved yet: no checklist can have it as its id. */
export const newAddress = "+new";

/** The address of a checklist's page. */
export function addressOf(id: string): string {
  return `/checklists/${encodeURIComponent(id)}`;
}

/** The longest id of a checklist. */
const longestId = 40;

/** An id that no checklist has: the one wanted, with a number where it is taken. */
export function freeId(wanted: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const end = number === 1 ? "" : `-${number}`;
    const id = `${wanted.slice(0, longestId - end.length)}${end}`;
    if (!taken.includes(id)) return id;
  }
}

/** The words of a new checklist. */
export interface TemplateWords {
  readonly title: string;
  readonly section: string;
  readonly greeting: string;
  readonly clear: string;
}

/** What a new checklist begins as: a question that a rule answers and one that a person does, under an id that is free. */
export function newText(taken: readonly string[], words: TemplateWords): string {
  return stringify(
    {
      schema: checklistSchemaName,
      id: freeId("new-checklist", taken),
      version: 1,
      title: words.title,
      serves: "",
      sections: [
        {
          id: "opening",
          title: words.section,
          questions: [
            {
              id: "greeting",
              type: "yes-no",
              ask: words.greeting,
              answeredBy: { rule: { holds: { said: ["hello", "good morning"], by: "agent", in: { first: "60s" } } } },
            },
            { id: "clear", type: "yes-no", ask: words.clear, answeredBy: "person" },
          ],
        },
      ],
    },
    { lineWidth: 0 },
  );
}

/** The same checklist under an id and a title of its own, as a text that keeps its author's comments. */
export function copyText(form: Form, text: string, taken: readonly string[], title: string): string {
  return writeForm({ ...form, id: freeId(`${form.id.slice(0, longestId - 5)}-copy`, taken), title, version: 1 }, text);
}
