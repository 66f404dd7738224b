import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formToConnect } from "../../../app/conformity/connect-form-write.ts";
import { readForm } from "../../../app/conformity/form-text.ts";
import type { Terminal } from "../terminal.ts";
import { checkForms, listForms } from "./forms.ts";

const good = `schema: earmark-checklist/1
id: a
version: 1
title: A
sections:
  - id: s
    title: S
    questions:
      - { id: q, type: yes-no, ask: Was it?, answeredBy: { rule: { holds: { said: hello } } } }
      - { id: r, type: text, ask: What else? }
`;

let folder = "";

async function written(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

function terminal(): Terminal & { readonly said: string[]; readonly failed: string[] } {
  const said: string[] = [];
  const failed: string[] = [];
  return {
    said,
    failed,
    out: (text) => void said.push(text),
    err: (text) => void failed.push(text),
    interactive: false,
    signal: new AbortController().signal,
  };
}

describe("earmark forms", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "earmark-forms-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("checks a good checklist", async () => {
    const at = terminal();
    const file = await written("good.yaml", good);
    expect(await checkForms([file], {}, at)).toBe(0);
    expect(at.said).toEqual([`${file}: a, version 1: A, 2 questions (1 by rule, 1 by a person)\n`]);
  });

  it("names every mistake of every file, with line and remedy, and ends with 4", async () => {
    const at = terminal();
    const file = await written("bad.yaml", good.replace("title: S", "titel: S"));
    expect(await checkForms([file, await written("good.yaml", good), join(folder, "none.yaml")], {}, at)).toBe(4);
    expect(at.failed.slice(0, 2)).toEqual([
      `${file}: Line 6, column 5: sections.0.title: 'title' is missing. Add 'title' here: a text.\n`,
      `${file}: Line 7, column 5: sections.0: Nothing is called 'titel' here. Did you mean 'title'?\n`,
    ]);
    expect(at.failed[2]).toContain("The file is not there.");
    expect(at.said).toHaveLength(1);
    const json = terminal();
    expect(await checkForms([file], { json: true }, json)).toBe(4);
    expect(JSON.parse(json.said.join(""))).toMatchObject({ faults: [{ line: 6 }, { line: 7, path: "sections.0" }] });
  });

  it("reads an evaluation form of Amazon Connect and tells what could not be carried", async () => {
    const at = terminal();
    const form = formToConnect(readForm(good)).form;
    const file = await written("connect.json", JSON.stringify(form));
    expect(await checkForms([file], { json: true }, at)).toBe(0);
    expect(JSON.parse(at.said.join(""))).toMatchObject({ id: "a", questions: 2, faults: [], notes: [] });
  });

  it("lists what comes with Earmark", async () => {
    const at = terminal();
    expect(await listForms({ json: true }, at)).toBe(0);
    const ids = at.said.map((line) => (JSON.parse(line) as { id: string }).id);
    expect(ids).toEqual([
      "bot-handover",
      "complaints",
      "debt-collection",
      "disclosure-and-identity",
      "health-privacy",
      "payment-card",
      "service-quality",
    ]);
  });
});
