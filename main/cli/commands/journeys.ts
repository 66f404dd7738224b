import type { ClaimView, JourneyRow, JourneyView } from "../../../app/contract/journey-views.ts";
import { clock } from "../conversation-text.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { type LibraryOptions, openLibrary, withLibrary } from "../open-library.ts";
import type { Terminal } from "../terminal.ts";

/** What `journeys` takes. */
export interface JourneysOptions extends LibraryOptions {
  readonly customer?: string;
  readonly json?: boolean;
}

/** How long is waited for conversations that came in just before, and how often is looked (ms). */
const patienceMs = 60_000;
const lookMs = 200;

/**
 * Prints the customers of the library with more than one conversation, and of those that `--customer` finds by name, number,
 * address or id every conversation with what can be said of them.
 */
export async function journeys(options: JourneysOptions, terminal: Terminal): Promise<ExitCode> {
  return withLibrary(openLibrary(options), async (library) => {
    const asked = { text: options.customer ?? "", least: options.customer === undefined ? 2 : 1 };
    const until = Date.now() + patienceMs;
    while ((await library.call("journey.list", asked)).waiting > 0 && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
    let printed = 0;
    const pageSize = 200;
    for (let offset = 0; ; offset += pageSize) {
      const { rows, total } = await library.call("journey.list", { ...asked, offset, limit: pageSize });
      for (const row of rows) {
        printed++;
        if (options.customer === undefined) {
          terminal.out(options.json === true ? `${JSON.stringify(row)}\n` : lineOf(row));
          continue;
        }
        const view = await library.call("journey.get", { id: row.id });
        terminal.out(options.json === true ? `${JSON.stringify(view)}\n` : textOf(view));
      }
      if (rows.length === 0 || offset + rows.length >= total) break;
    }
    if (printed === 0) terminal.err(options.customer === undefined ? "No customer has come twice yet.\n" : "Nobody was found.\n");
    return exitCodes.done;
  });
}

const day = (at: string | null): string => (at === null ? "no time".padEnd(16) : at.slice(0, 16).replace("T", " "));

function lineOf(row: JourneyRow): string {
  const found = [
    [row.reasonsAgain, "same matter again"],
    [row.askedAgain, "asked again"],
    [row.promisesNotKept, "promise not kept"],
    [row.handOvers, "handed over"],
  ] as const;
  const said = found.flatMap(([count, name]) => (count > 0 ? [`${name} ${count}`] : []));
  return `${row.id}  ${day(row.lastAt)}  ${String(row.conversations).padStart(3)} ${row.channels.join("+").padEnd(14)} ${row.customer ?? "(no name)"}${said.length === 0 ? "" : `: ${said.join(", ")}`}\n`;
}

function textOf(view: JourneyView): string {
  const titles = new Map(view.steps.map(({ conversationId, title }) => [conversationId, title]));
  const steps = view.steps.map(
    (step) =>
      `  ${day(step.startedAt)}  ${step.channel.padEnd(5)} ${clock(step.durationMs).padStart(7)}  ${step.title}  (${step.conversationId})\n`,
  );
  const claims = view.claims.map((claim) => {
    const words = claim.words.map(
      ({ conversationId, role, quote }) => `      ${titles.get(conversationId) ?? conversationId}, ${role}: “${quote}”\n`,
    );
    return `  ${claimText(claim)}${claim.doubt === null ? "" : ` (in doubt: ${claim.doubt})`}\n${words.join("")}`;
  });
  return `${view.customer ?? "(no name)"}  ${view.id}\n${steps.join("")}${claims.join("")}`;
}

function claimText(claim: ClaimView): string {
  switch (claim.kind) {
    case "reason-again":
      return `The same again: ${claim.name}`;
    case "asked-again":
      return `Asked again: ${claim.what ?? claim.slot ?? ""}`;
    case "promise":
      return `Promise (${claim.promise}): ${claim.state}${claim.dueAt === null ? "" : `, due ${day(claim.dueAt)}`}`;
    case "hand-over":
      return "Handed over to a person";
  }
}
