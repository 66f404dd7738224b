import { describe, expect, it } from "vitest";
import type { Participant, Role } from "../../../app/conversation/conversation.ts";
import { voicesOf } from "./voices.ts";

const person = (id: string, role: Role, name: string | null = null): Participant => ({
  id,
  role,
  roleConfidence: null,
  name,
  channel: null,
});

describe("how voices are called", () => {
  it("uses names, else roles, numbered where they would be mistaken", () => {
    const voices = voicesOf(
      [
        person("1", "agent", "Laura"),
        person("2", "customer"),
        person("3", "other"),
        person("4", "agent"),
        person("5", "other", "Sam"),
      ],
      (role) => role,
    );
    expect([...voices.values()].map(({ name, role }) => [name, role])).toEqual([
      ["Laura", "agent"],
      ["customer", null],
      ["other 1", null],
      ["agent", null],
      ["Sam", "other"],
    ]);
    expect(voicesOf([person("1", "other")], (role) => role, "together").get("1")?.name).toBe("together");
    expect(voicesOf([person("1", "customer"), person("2", "customer")], (role) => role).get("2")?.name).toBe("customer 2");
  });
});
