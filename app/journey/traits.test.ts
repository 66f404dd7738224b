import { describe, expect, it } from "vitest";
import { made } from "../insight/categories.test-data.ts";
import { namesGiven, namesSaid, placesSaid, traitsOf, wordsOfName } from "./traits.ts";

describe("traits", () => {
  it("have the names that customers give, and take no other words for names", () => {
    const conversation = made([
      ["agent", "My name is Marcus Webb."],
      ["customer", "My name is Anna Fields. I just told you."],
      ["customer", "this is the third time"],
      ["customer", "I am Really cross"],
      ["customer", "It's Missus Fields"],
    ]);
    expect(namesGiven(conversation)).toEqual(["Anna Fields"]);
    expect(namesSaid(conversation)).toEqual(["anna fields"]);
  });

  it("have the places that the customer names, not those of the agent", () => {
    const conversation = made([
      ["agent", "You are through to Bristol."],
      ["customer", "I live in Leeds."],
    ]);
    expect(placesSaid(conversation, ["Bristol", "Leeds"])).toEqual(["leeds"]);
  });

  it("tell checks that were answered from those that were not, and what is only told", () => {
    const { checks, verified } = traitsOf(
      made([
        ["agent", "Before we begin, can I take your date of birth and the first line of your address?"],
        ["customer", "The ninth of May, 42 Station Road."],
        ["agent", "Thank you, you have passed security."],
        ["agent", "You can change your PIN online, and never share your PIN with anybody."],
        ["agent", "What is your account number?"],
        ["customer", "I do not know."],
      ]),
      [],
    );
    expect(checks.map(({ topic, answered }) => [topic, answered])).toEqual([
      ["birth-date", true],
      ["address", true],
      ["account", false],
    ]);
    expect(verified?.quote).toBe("Thank you, you have passed security.");
  });

  it("read the words of names that programs write", () => {
    expect(wordsOfName("OpenAccountIntent")).toEqual(["open", "account"]);
    expect(wordsOfName("monthly_deposit")).toEqual(["monthly", "deposit"]);
  });
});
