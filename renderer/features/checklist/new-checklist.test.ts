import { describe, expect, it } from "vitest";
import { checkFormText, readForm } from "../../../app/conformity/form-text.ts";
import { checklists } from "../../text/checklists.ts";
import { copyText, freeId, newText } from "./new-checklist.ts";

describe("a new checklist", () => {
  it("begins as one that can be read, under an id that is free", () => {
    const { form, faults } = checkFormText(newText(["new-checklist"], checklists.template));
    expect(faults).toEqual([]);
    expect(form).toMatchObject({ id: "new-checklist-2", version: 1, title: "New checklist" });
  });

  it("keeps an id within its longest, however long the wanted one is", () => {
    const long = "a".repeat(60);
    const first = freeId(long, []);
    expect(first).toHaveLength(40);
    expect(freeId(long, [first])).toBe(`${"a".repeat(38)}-2`);
  });

  it("is copied with its comments, as a first version", () => {
    const text = `# Of every call.\n${newText([], checklists.template)}`;
    const copy = copyText(readForm(text), text, [], "Copy");
    expect(copy).toContain("# Of every call.");
    expect(readForm(copy)).toMatchObject({ id: "new-checklist-copy", version: 1, title: "Copy" });
  });
});
