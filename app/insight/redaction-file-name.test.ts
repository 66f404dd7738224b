import { expect, it } from "vitest";
import { redactFileName } from "./redaction-file-name.ts";

it.each([
  ["Ottoline 4012888888881881.wav", "Ottoline [card number].wav"],
  ["4012 8888 8888 1881 complaint.mp3", "[card number] complaint.mp3"],
  ["call 4012-8888-8888-1881.wav", "call [card number].wav"],
  ["3782-822463-10005.wav", "[card number].wav"],
])("hides the card number in %s", (name, hidden) => {
  expect(redactFileName(name)).toBe(hidden);
});

it.each([
  "20261121093000_4412.wav",
  "+441584960182_2026-11-21T09-30-00.mp3",
  "b3f0c1d2-1111-2222-3333-444455556666.json",
  "call-0043-9912-1221-8830.wav",
  "agent_1234567_to_447700900461_20261121-093015.wav",
  "2026-11-21 12.30.45 4111-1111.wav",
  "1763717400000.wav",
  "4012888888881882.wav",
  "9f4012888888881881aa.json",
])("leaves %s as it is", (name) => {
  expect(redactFileName(name)).toBe(name);
});
