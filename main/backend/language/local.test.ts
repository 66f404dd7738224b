import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pcaTurnScore, usualThresholds } from "../../../app/insight/sentiment.ts";
import { identifyLanguage } from "./lexicons.ts";
import { createLocalLanguage } from "./local.ts";
import { createTermFiles } from "./term-files.ts";
import { termsState } from "./watch-terms.ts";

const quiet = { signal: new AbortController().signal, onProgress: () => undefined };
const occasion = { conversationId: "c1", startedAt: null };

describe("this machine's reader", () => {
  it.each([
    ["es", "El servicio es terrible y estoy muy enojado.", "negative"],
    ["es", "Muchas gracias, excelente servicio.", "positive"],
    ["pt", "O serviço é horrível e estou furioso.", "negative"],
    ["fr", "C'est un service terrible, quelle honte.", "negative"],
    ["de", "Das ist wunderbar, vielen Dank.", "positive"],
    ["hi", "यह सेवा बहुत अच्छा है, धन्यवाद", "positive"],
    ["cy", "Mae'r gwasanaeth yn ofnadwy.", "negative"],
  ])("judges %s: %s", async (language, text, label) => {
    const { readings } = await createLocalLanguage().read([{ turnId: "t1", text, language, before: "" }], occasion, quiet);
    const judgement = readings[0]?.judgement;
    expect(judgement?.by).toBe("local");
    expect(judgement?.confidence).toBeLessThan(0.7);
    expect(judgement && pcaTurnScore(judgement.shares, usualThresholds).label).toBe(label);
  });

  it("does not judge a language that it has no list for", async () => {
    const texts = ["tlh", "xx-Latn", "", null, "constructor"].map((language) => ({
      turnId: "t",
      text: "nuqneH 42",
      language,
      before: "",
    }));
    const { readings } = await createLocalLanguage().read(texts, occasion, quiet);
    expect(readings.map(({ judgement }) => judgement)).toEqual([null, null, null, null, null]);
  });

  it("tells languages apart where nobody has named one", () => {
    expect(identifyLanguage("Hola, quisiera cancelar mi cuenta porque el servicio no funciona.")).toBe("es");
    expect(identifyLanguage("Hello, I would like to cancel my account because it does not work.")).toBe("en");
    expect(identifyLanguage("Bore da, hoffwn i ganslo fy nghyfrif os gwelwch yn dda, diolch yn fawr.")).toBe("cy");
    expect(identifyLanguage("नमस्ते, मुझे अपना खाता बंद करना है क्योंकि सेवा खराब है")).toBe("hi");
    expect(identifyLanguage("ok")).toBeNull();
  });

  it("ends when it is cancelled", async () => {
    const cancel = new AbortController();
    cancel.abort();
    const texts = Array.from({ length: 3_000 }, (_, index) => ({
      turnId: "t",
      text: `Please call John Smith in Leeds ${index}`,
      language: "en",
      before: "",
    }));
    await expect(createLocalLanguage().read(texts, occasion, { ...quiet, signal: cancel.signal })).rejects.toMatchObject({
      code: "cancelled",
    });
  });
});

describe("string maps in files", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "earmark-terms-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("are read again when they change, by language, and tell bad rows with their lines", async () => {
    const path = join(folder, "map.csv");
    const own = join(folder, "map-es.csv");
    await writeFile(path, '\ufeffText,Type\r\nTesla,MAKE\r\n"oil light",PART\r\nFord\r\nba"d,PART\r\n"two\nlines",X\r\n');
    await writeFile(own, "Text,Type\nfaro,PIEZA\n");
    const files = createTermFiles();
    const english = await files.of(path, "en-US");
    expect(english.terms.map(({ text }) => text)).toEqual(["Tesla", "oil light", "two\nlines"]);
    expect(english.bad).toEqual([
      { file: "map.csv", line: 4, reason: "no-type" },
      { file: "map.csv", line: 5, reason: "not-csv" },
    ]);
    expect((await files.of(path, "es")).terms).toEqual([{ text: "faro", type: "PIEZA" }]);
    expect(await files.of(path, "en-US")).toBe(english);

    const before = await termsState(path);
    await writeFile(path, "Text,Type\nVolvo,MAKE\n");
    await utimes(path, new Date(), new Date(Date.now() + 5_000));
    expect(await termsState(path)).not.toBe(before);
    expect((await files.of(path, "en-US")).terms).toEqual([{ text: "Volvo", type: "MAKE" }]);
    await rm(path);
    expect(await files.of(path, "en-US")).toMatchObject({ file: null, terms: [], bad: [{ file: "map.csv", reason: "absent" }] });
  });
});
