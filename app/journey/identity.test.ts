import { describe, expect, it } from "vitest";
import { fullName, nearEmail, nearPhones, readCustomer, readIdentity, regionOf } from "./identity.ts";

const common = (one: string, other: string): boolean => nearPhones(one).some((each) => nearPhones(other).includes(each));

describe("identities", () => {
  it("write a telephone number one way, whatever way it is written", () => {
    for (const written of [
      "+44 7700 900417",
      "0044 7700 900417",
      "(07700) 900-417",
      "tel:+447700900417",
      "whatsapp:+447700900417",
    ]) {
      expect(readIdentity("phone", written, "GB")).toEqual({ kind: "phone", value: "+447700900417" });
    }
  });

  it("know no number that lacks its country where the place has none", () => {
    expect(readIdentity("phone", "07700 900417")).toBeNull();
    expect(readIdentity("phone", "12", "GB")).toBeNull();
    expect(regionOf("Europe/London", null)).toBe("GB");
    expect(regionOf(null, "pt-BR")).toBe("BR");
    expect(regionOf(null, "en")).toBeNull();
  });

  it("take nobody for somebody", () => {
    for (const written of ["anonymous", "unknown", "", "  ", "[phone]", "****1234"]) {
      expect([written, readIdentity("customer", written)]).toEqual([written, null]);
    }
    expect(readIdentity("email", "no address")).toBeNull();
    expect(readIdentity("customer", "x".repeat(500))).toBeNull();
  });

  it("read the one field that a system has for its customer, and join nobody by a name in it", () => {
    expect(readCustomer("+44 7700 900417")).toEqual({ kind: "phone", value: "+447700900417" });
    expect(readCustomer("Anna@Example.com")).toEqual({ kind: "email", value: "anna@example.com" });
    expect(readCustomer("20441799")).toEqual({ kind: "customer", value: "20441799" });
    expect(readCustomer("John Smith")).toBeNull();
    expect(readCustomer("acme")).toBeNull();
  });

  it("compare addresses and ids without case", () => {
    expect(readIdentity("email", "mailto:Anna.Fields@Example.COM")).toEqual({ kind: "email", value: "anna.fields@example.com" });
    expect(readIdentity("customer", " NB-204417 ")).toEqual({ kind: "customer", value: "nb-204417" });
  });
});

describe("near identities", () => {
  it("share something where a digit is another, is missing, or has changed places with its neighbour", () => {
    expect(common("+447700900417", "+447700900471")).toBe(true);
    expect(common("+447700900417", "+447700900418")).toBe(true);
    expect(common("+447700900417", "+447700901817")).toBe(false);
  });

  it("share nothing where the beginning of the number differs: that is another place", () => {
    expect(common("+447700900417", "+497700900417")).toBe(false);
  });

  it("take a mailbox for the same with another provider, and a post for nobody's", () => {
    expect(nearEmail("anna.fields+bank@example.com")).toBe(nearEmail("annafields@mail.example"));
    expect(nearEmail("info@example.com")).toBeNull();
    expect(nearEmail("support2@example.com")).toBeNull();
    expect(nearEmail("al@example.com")).toBeNull();
  });

  it("compare names without titles and accents, and no first name alone", () => {
    expect(fullName("Missus  Ánna Fields")).toBe("anna fields");
    expect(fullName("Anna")).toBeNull();
    expect(fullName(null)).toBeNull();
  });
});
