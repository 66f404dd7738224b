import type { DriversView } from "../../../app/contract/category-views.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { type LibraryOptions, openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** What `drivers` takes. */
export interface DriversOptions extends LibraryOptions {
  readonly period?: "day" | "week" | "month";
  readonly json?: boolean;
}

/** Prints what conversations are about: categories and phrases, how they changed in the last period, and how sure that is. */
export async function drivers(options: DriversOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    const found = await library.call("drivers.list", options.period === undefined ? {} : { period: options.period });
    if (options.json === true) terminal.out(`${JSON.stringify(found, null, 2)}\n`);
    else {
      const last = found.periods.at(-1);
      if (last === undefined) terminal.err("There is no conversation to count.\n");
      else
        terminal.err(
          `The period from ${last.startsAt.slice(0, 10)} (${last.conversations} conversations) beside all before it.\n`,
        );
      terminal.out(
        [
          lines("Topics", found.topics),
          lines("Categories", found.categories),
          lines("Named", found.entities),
          lines("Phrases of customers", found.phrases),
        ].join(""),
      );
    }
    return exitCodes.done;
  });
}

function lines(title: string, found: DriversView["categories"]): string {
  const share = (part: number): string => `${Math.round(part * 100)}%`;
  const text = found.map(
    ({ name, direction, share: now, shareBefore, g2, z, q, conversationIds }) =>
      `  ${direction.padEnd(7)} ${name}: ${share(now)}, before ${share(shareBefore)} (G² ${g2.toFixed(1)}, z ${z.toFixed(1)}, q ${q.toFixed(3)}), ${conversationIds.length} conversations\n`,
  );
  return text.length === 0 ? "" : `${title}\n${text.join("")}`;
}
