import { describe, expect, it } from "vitest";
import { columnNames, gridTemplate, shownColumns, usualColumns, withMoved, withToggled, withWidth } from "./columns.ts";

describe("the columns of the library", () => {
  it("give way where there is no room, the least missed first, and never the title", () => {
    const wide = shownColumns(null, 4_000, 16).map(({ name }) => name);
    expect(wide).toEqual(usualColumns.map(({ name }) => name));
    const narrow = shownColumns(null, 1_080, 16).map(({ name }) => name);
    expect(narrow).not.toContain("language");
    // In the usual window: who, how and how it felt.
    expect(shownColumns(null, 1_128, 16).map(({ name }) => name)).toEqual(
      expect.arrayContaining(["title", "when", "agent", "customer", "channel", "duration", "customerSentiment", "state"]),
    );
    expect(narrow).toEqual(wide.filter((name) => narrow.includes(name)));
    expect(shownColumns(null, 200, 16).map(({ name }) => name)).toEqual(["title", "state"]);
  });

  it("are all drawn where a person chose them, in their order; unknown ones are passed over", () => {
    const chosen = [
      { name: "turns", width: 70 },
      { name: "of another Earmark", width: null },
      { name: "title", width: null },
    ];
    const shown = shownColumns(chosen, 100, 16);
    expect(shown.map(({ name }) => name)).toEqual(["turns", "title"]);
    expect(gridTemplate(shown)).toBe("1.25rem 70px minmax(10rem, 3fr) 1.75rem");
  });

  it("are moved, sized and taken away, but for the last", () => {
    const names = (chosen: readonly { name: string }[]) => chosen.map(({ name }) => name).join(" ");
    const three = usualColumns.slice(0, 3);
    expect(names(withMoved(three, "agent", 0))).toBe("agent title when");
    expect(names(withMoved(three, "title", 99))).toBe("when agent title");
    expect(withWidth(three, "when", 5)[1]).toEqual({ name: "when", width: 48 });
    expect(withWidth(three, "when", null)).toEqual(three);
    expect(names(withToggled(three, "when"))).toBe("title agent");
    expect(names(withToggled(three, "queue"))).toBe("title when agent queue");
    expect(withToggled([{ name: "title", width: null }], "title")).toHaveLength(1);
    expect(new Set(columnNames).size).toBe(columnNames.length);
  });
});
