import { describe, expect, it } from "vitest";
import { americanSpelling } from "./american-spelling.ts";
import { normalisedWords, normaliseEnglish } from "./english-normaliser.ts";
import { figuresOf } from "./english-numerals.ts";

/* The cases that are published with Whisper's own normaliser (openai/whisper, tests of its normalisers). */

const numbers: readonly (readonly [string, string])[] = [
  ["two", "2"],
  ["thirty one", "31"],
  ["five twenty four", "524"],
  ["nineteen ninety nine", "1999"],
  ["twenty nineteen", "2019"],
  ["two point five million", "2500000"],
  ["four point two billions", "4200000000s"],
  ["200 thousand", "200000"],
  ["200 thousand dollars", "$200000"],
  ["$20 million", "$20000000"],
  ["€52.4 million", "€52400000"],
  ["£77 thousands", "£77000s"],
  ["two double o eight", "2008"],
  ["three thousand twenty nine", "3029"],
  ["forty three thousand two hundred sixty", "43260"],
  ["forty three thousand two hundred and sixty", "43260"],
  ["nineteen fifties", "1950s"],
  ["thirty first", "31st"],
  ["thirty three thousand and three hundred and thirty third", "33333rd"],
  ["three billion", "3000000000"],
  ["millions", "1000000s"],
  ["july third twenty twenty", "july 3rd 2020"],
  ["august twenty sixth twenty twenty one", "august 26th 2021"],
  ["3 14", "3 14"],
  ["3.14", "3.14"],
  ["3 point 2", "3.2"],
  ["3 point 14", "3.14"],
  ["fourteen point 4", "14.4"],
  ["two point two five dollars", "$2.25"],
  ["two hundred million dollars", "$200000000"],
  ["$20.1 million", "$20100000"],
  ["ninety percent", "90%"],
  ["seventy six per cent", "76%"],
  ["double oh seven", "007"],
  ["double zero seven", "007"],
  ["nine one one", "911"],
  ["nine double one", "911"],
  ["one triple oh one", "10001"],
  ["two thousandth", "2000th"],
  ["thirty two thousandth", "32000th"],
  ["minus 500", "-500"],
  ["positive twenty thousand", "+20000"],
  ["two dollars and seventy cents", "$2.70"],
  ["3 cents", "¢3"],
  ["$0.36", "¢36"],
  ["three euros and sixty five cents", "€3.65"],
  ["three and a half million", "3500000"],
  ["forty eight and a half dollars", "$48.5"],
  ["b747", "b 747"],
  ["10 th", "10th"],
  ["10th", "10th"],
];

describe("Whisper's normaliser for English", () => {
  it.each(numbers)("writes %s as %s", (said, figures) => {
    expect(figuresOf(said)).toBe(figures);
    expect(normaliseEnglish(said)).toBe(figures);
  });

  it.each([
    ["Let's", "let us"],
    ["he's like", "he is like"],
    ["she's been like", "she has been like"],
    ["10km", "10 km"],
    ["10mm", "10 mm"],
    ["RC232", "rc 232"],
    ["Mr. Park visited Assoc. Prof. Kim Jr.", "mister park visited associate professor kim junior"],
  ])("writes %s as %s", (said, plain) => {
    expect(normaliseEnglish(said)).toBe(plain);
  });

  it.each([
    ["mobilisation", "mobilization"],
    ["cancelation", "cancellation"],
  ])("spells %s as %s", (british, american) => {
    expect(americanSpelling(british)).toBe(american);
  });
});

describe("what its published cases leave open", () => {
  it.each([
    ["[laughter] Um, the colour's (aside) grey - honestly!", "the color is gray honestly"],
    ["I'm sorry, I can't; they'd gone and won't.", "i am sorry i can not they had gone and will not"],
    ["card 4111 1111 1111 1111, code nine o seven", "card 4111 1111 1111 1111 code 907"],
    ["It cost 1,250 pounds, 100%.", "it cost £1250 100%"],
    ["one of the ones at a half past nine", "one of the ones at a half past 9"],
    ["Café Señor", "cafe senor"],
    ["", ""],
  ])("writes %j as %j", (said, plain) => {
    expect(normaliseEnglish(said)).toBe(plain);
  });

  it("spells families of words, and leaves alone what is spelt so everywhere", () => {
    const spell = (words: string) => words.split(" ").map(americanSpelling).join(" ");
    expect(spell("favourite centres travelled cancelling analysed organisations apologise cheques anaemic neighbours")).toBe(
      "favorite centers traveled canceling analyzed organizations apologize checks anemic neighbors",
    );
    const alike =
      "advise exercise promise surprised raised noise four hour our tour cancelled wise rise rising sister this basis";
    expect(spell(alike)).toBe(alike.replace("cancelled", "canceled"));
  });

  it("gives words", () => {
    expect(normalisedWords("Twenty-five, please.")).toEqual(["25", "please"]);
  });
});
