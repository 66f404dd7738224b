import { describe, expect, it } from "vitest";
import { folderModel } from "../accuracy/model-folders.ts";
import { sharedMaterial, sharedMaterialPresent } from "../accuracy/shared-material.ts";
import { readConfiguration } from "./configuration.ts";
import { promptOf } from "./decoding.ts";
import { joinPunctuation, readTokens } from "./tokens.ts";

const word = (text: string, from: number) => ({ text, from, to: from + 1 });

describe("words from tokens", () => {
  it("keep their punctuation", () => {
    const joined = joinPunctuation([word(" Hello", 0), word(",", 1), word(' "', 2), word("who", 3), word("?", 4), word('"', 5)]);
    expect(joined.map(({ text, from, to }) => [text, from, to])).toEqual([
      [" Hello,", 0, 2],
      [' "who?"', 2, 6],
    ]);
  });

  describe.runIf(sharedMaterialPresent)("of a real tokenizer", () => {
    const model = folderModel(`${sharedMaterial}models/demo-voice`, "demo-voice");

    it("cover every token once, in order, and join to the text", async () => {
      const reader = await readTokens(model);
      const { Tokenizer } = await import("@huggingface/tokenizers");
      const tokenizer = new Tokenizer(
        JSON.parse(await model.readText("tokenizer.json")),
        JSON.parse(await model.readText("tokenizer_config.json")),
      );
      const text = " Thank you, it's four o'clock at Café Zürich: 日本 okay?";
      const { ids } = tokenizer.encode(text, { add_special_tokens: false });
      expect(reader.tokens(text)).toEqual(ids);
      const words = reader.words(ids, "en");
      expect(words.map((one) => one.text).join("")).toBe(text);
      expect(words.map((one) => one.text.trim())).toEqual([
        "Thank",
        "you,",
        "it's",
        "four",
        "o'clock",
        "at",
        "Café",
        "Zürich:",
        "日本",
        "okay?",
      ]);
      let next = 0;
      for (const one of words) {
        expect(one.from).toBe(next);
        next = one.to;
      }
      expect(next).toBe(ids.length);
      expect(reader.words(ids, "ja").length).toBeGreaterThan(words.length);
      expect(reader.special("<|nospeech|>")).toBe(1_164);
    });

    it("prompts in the language and for the task that were asked for", async () => {
      const configuration = await readConfiguration(model);
      expect(promptOf(configuration, "en", "transcribe")).toEqual([1_157, 1_158, 1_161]);
      expect(promptOf(configuration, "es", "translate")).toEqual([1_157, 1_159, 1_160]);
      expect(promptOf({ ...configuration, multilingual: false }, "en", "transcribe")).toEqual([1_157]);
    });

    it("are refused when the configuration contradicts itself or is no JSON", async () => {
      const broken = (text: string) => ({
        ...model,
        readText: async (path: string) => (path === "config.json" ? text : model.readText(path)),
      });
      await expect(readConfiguration(broken("<html>"))).rejects.toMatchObject({ code: "model-damaged" });
      await expect(readConfiguration(broken("{}"))).rejects.toMatchObject({ code: "model-damaged" });
      const config = await model.readText("config.json");
      const fewer = broken(config.replace('"decoder_layers": 2', '"decoder_layers": 1'));
      await expect(readConfiguration(fewer)).rejects.toMatchObject({ code: "model-damaged" });
    });
  });
});
