import { describe, expect, it } from "vitest";
import { isPartMissing } from "./error-boundary.tsx";

describe("a part of the page that cannot be fetched", () => {
  it("is told from a fault of the page in the words of each browser", () => {
    for (const words of [
      "Failed to fetch dynamically imported module: http://127.0.0.1:4000/assets/review-1.js",
      "error loading dynamically imported module: http://127.0.0.1:4000/assets/review-1.js",
      "Importing a module script failed.",
      "Unable to preload CSS for /assets/review-1.css",
    ]) {
      expect(isPartMissing(new TypeError(words))).toBe(true);
    }
    expect(isPartMissing(new TypeError("Cannot read properties of undefined (reading 'turns')"))).toBe(false);
    expect(isPartMissing("Failed to fetch dynamically imported module")).toBe(false);
  });
});
