import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readTranscriptFile } from "../formats/detect.ts";
import { botSession } from "./bot-session.ts";

const sample = (name: string) =>
  readTranscriptFile(readFileSync(fileURLToPath(new URL(`../../resources/samples/${name}`, import.meta.url)), "utf8")).transcript;

describe("a session with a bot", () => {
  const transcript = sample("northwind-mortgage-bot.jsonl");
  const session = botSession(transcript);

  it("has the intents of the guide with their states, slots and confirmation", () => {
    const intents = Object.fromEntries(session?.intents.map(({ intent, ...path }) => [intent, path]) ?? []);
    expect(Object.keys(intents)).toEqual(["FAQ", "OpenAccount", "VerifyIdentity", "ProvideAccountDetails", "HandOver"]);
    expect(intents["OpenAccount"]).toMatchObject({
      state: "Failed",
      confirmation: "Confirmed",
      slots: { AccountType: "offset account", MonthlyDeposit: "250.00 GBP" },
      turnsToResolution: null,
    });
    expect(intents["VerifyIdentity"]).toMatchObject({ state: "Fulfilled", confirmation: null, turnsToResolution: 2 });
    expect(intents["FAQ"]?.turnsToResolution).toBe(1);
  });

  it("says what the bot missed, how sure it was, and that it handed over", () => {
    expect(session?.missed.map(({ text }) => text)).toEqual(["why not, it says on your page that I can"]);
    expect(session?.fallbackRate).toBeCloseTo(1 / 9);
    expect(session?.confidence).toBeCloseTo(0.9375);
    expect(session?.handOver?.text).toBe("I want to talk to a person");
    expect(session?.contained).toBe(false);
    expect(session?.turnsToResolution).toBe(5);
    expect(transcript.turns[0]?.bot?.via).toBe("web");
  });

  it("is contained where nobody was needed, and resolved nothing by being greeted", () => {
    const byText = sample("northwind-mortgage-sms.jsonl");
    expect(botSession(byText)).toMatchObject({ contained: true, handOver: null, turnsToResolution: null });
    expect(byText.turns[0]?.bot?.via).toBe("sms");
  });

  it("is none where no bot read anything", () => {
    expect(botSession(sample("northwind-mortgage-chat.json"))).toBeNull();
  });
});
