import { expect, it } from "vitest";
import { entityTerms } from "./drivers-entities.ts";

it("names things and places, each once, and never people or their numbers", () => {
  const groups = [
    { type: "LOCATION", value: "Manchester" },
    { type: "LOCATION", value: "Manchester" },
    { type: "PERSON", value: "John Smith" },
    { type: "ACCOUNT_NUMBER", value: "45678" },
    { type: "TARIFF", value: "Green\nSaver" },
  ];
  expect(entityTerms(groups)).toEqual(["LOCATION\tManchester", "TARIFF\tGreen Saver"]);
});
