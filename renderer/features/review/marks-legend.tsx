import { ActionIcon, Button, Menu, Popover, Tooltip } from "@mantine/core";
import { IconChevronDown, IconChevronLeft, IconChevronRight, IconHelp } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "../../text/index.ts";
import { type ActionId, chordLabel, useActions, useChords } from "../../ui/actions/index.ts";
import { useKept } from "../../ui/desk/kept-place.ts";
import classes from "./marks.module.css";
import { entityStyles, type MarkKind, markKinds, type PlacedMark, stepMark } from "./marks.ts";
import type { ShownMarks } from "./marks-shown.ts";
import { useMarkTitle } from "./marks-title.ts";
import transcriptClasses from "./transcript.module.css";

/** Where a person stands among the words: index of the turn, and of the word or character in it. */
export interface Stand {
  readonly turn: number;
  readonly at: number;
}

type Chosen = MarkKind | "all";
const choices: readonly Chosen[] = ["all", ...markKinds];

/**
 * The legend of the marks: each kind with its sign and how many there are, to be shown or not; and the way from one mark
 * to the next. Nothing where nothing is marked.
 */
export function MarksLegend({
  marks,
  stand,
  show,
}: {
  marks: ShownMarks;
  /** Where the person stands now. */
  stand: () => Stand;
  /** Goes to a mark. */
  show: (placed: PlacedMark) => void;
}) {
  const { t } = useTranslation();
  const titleOf = useMarkTitle();
  const [chosen, choose] = useKept<Chosen>("marks.kind", "all", choices);
  const [told, setTold] = useState("");
  const last = useRef<PlacedMark | null>(null);
  const there = markKinds.filter((kind) => marks.counts[kind] > 0);
  // A kind that this transcript has none of, or that is hidden, cannot be gone through.
  const through = chosen !== "all" && marks.counts[chosen] > 0 && marks.isShown(chosen) ? chosen : "all";
  const stops = through === "all" ? marks.placed : marks.placed.filter(({ mark }) => mark.kind === through);
  const name = (kind: Chosen) => t(kind === "all" ? "marks.all" : `marks.kind.${kind}`);
  const step = (by: 1 | -1) => {
    const at = stand();
    const stood = last.current;
    const stays = stood !== null && stood.turn === at.turn && (stood.wordId === null || stood.at === at.at);
    const next = stepMark(stops, stays ? { turn: stood.turn, at: stood.at, id: stood.mark.id } : at, by);
    if (next === undefined) {
      setTold(t("marks.none", { kind: name(through), direction: t(by === 1 ? "player.after" : "player.before") }));
      return;
    }
    last.current = next;
    setTold(t("marks.at", { number: stops.indexOf(next) + 1, total: stops.length, title: titleOf(next.mark) }));
    show(next);
  };
  const holds = there.length > 0;
  useActions({
    "moments.previousMark": holds ? () => step(-1) : undefined,
    "moments.nextMark": holds ? () => step(1) : undefined,
    "transcript.marks": holds ? marks.toggleAll : undefined,
  });
  if (!holds) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of buttons, no set of form fields
    <div className={classes["legend"]} role="group" aria-label={t("marks.legend")} data-testid="marks-legend">
      {there.map((kind) => (
        <button
          key={kind}
          type="button"
          className={classes["kind"]}
          aria-pressed={marks.isShown(kind)}
          aria-label={t("marks.toggle", { kind: t(`marks.kind.${kind}`), total: marks.counts[kind] })}
          onClick={() => marks.toggle(kind)}
        >
          <span className={transcriptClasses["word"]} {...signOf(kind)}>
            {t(`marks.kind.${kind}`)}
          </span>{" "}
          <span className="numeric">{marks.counts[kind]}</span>
        </button>
      ))}
      <span className={classes["steps"]}>
        <Step id="moments.previousMark" label={t("marks.previous", { kind: name(through) })} act={() => step(-1)}>
          <IconChevronLeft size={16} aria-hidden="true" />
        </Step>
        <Menu position="bottom">
          <Menu.Target>
            <Button
              variant="subtle"
              color="gray"
              size="compact-xs"
              rightSection={<IconChevronDown size={12} aria-hidden="true" />}
              aria-label={`${t("marks.goThrough")}: ${t("marks.count", { kind: name(through), total: stops.length })}`}
            >
              {name(through)}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {choices
              .filter((kind) => kind === "all" || (marks.counts[kind] > 0 && marks.isShown(kind)))
              .map((kind) => (
                <Menu.Item key={kind} aria-current={kind === through} onClick={() => choose(kind)}>
                  {name(kind)}
                </Menu.Item>
              ))}
          </Menu.Dropdown>
        </Menu>
        <Step id="moments.nextMark" label={t("marks.next", { kind: name(through) })} act={() => step(1)}>
          <IconChevronRight size={16} aria-hidden="true" />
        </Step>
        <Signs kinds={there} />
      </span>
      <span role="status" className="unseen" data-testid="mark-told">
        {told}
      </span>
    </div>
  );
}

/** How a kind looks in the words. */
function signOf(kind: MarkKind) {
  switch (kind) {
    case "entity":
      return { "data-entity": "who" };
    case "category":
      return { "data-category": true };
    case "redaction":
      return { "data-masked": "", "data-hidden-here": true };
    default:
      return { "data-telling": kind };
  }
}

function Step({ id, label, act, children }: { id: ActionId; label: string; act: () => void; children: React.ReactNode }) {
  const [chord] = useChords(id);
  return (
    <Tooltip label={chord === undefined ? label : `${label} (${chordLabel(chord).join("+")})`}>
      <ActionIcon size="sm" aria-label={label} onMouseDown={(event) => event.preventDefault()} onClick={act}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** What each line means. */
function Signs({ kinds }: { kinds: readonly MarkKind[] }) {
  const { t } = useTranslation();
  const word = transcriptClasses["word"];
  const telling = kinds.filter((kind) => kind === "issue" || kind === "action" || kind === "outcome");
  return (
    <Popover position="bottom-end" shadow="md" withRoles trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon size="sm" aria-label={t("marks.lines")}>
          <IconHelp size={16} aria-hidden="true" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("marks.lines")} tabIndex={-1} data-autofocus className={classes["signs"] ?? ""}>
        <ul data-testid="mark-signs">
          {kinds.includes("entity") &&
            entityStyles.map((style) => (
              <li key={style}>
                <span className={word} data-entity={style}>
                  {t(`marks.style.${style}`)}
                </span>
              </li>
            ))}
          {kinds.includes("category") && (
            <li>
              <span className={word} data-category>
                {t("marks.categoryLine")}
              </span>
            </li>
          )}
          {telling.length > 0 && (
            <li>
              <span className={word} data-telling="issue">
                {t("marks.tellingLine")}
              </span>
            </li>
          )}
          {kinds.includes("redaction") && (
            <li>
              <span className={word} data-masked="" data-hidden-here>
                {t("marks.redactionLine")}
              </span>
            </li>
          )}
        </ul>
        <p>{t("marks.linesNote")}</p>
      </Popover.Dropdown>
    </Popover>
  );
}
