import { Highlight } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { createSpotlight, Spotlight, useSpotlight } from "@mantine/spotlight";
import { IconAppWindow, IconArrowRight, IconBolt, IconFilter, IconMessages, IconPhone, IconSearch } from "@tabler/icons-react";
import { type ReactNode, useEffect, useId, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { useCall } from "../bridge/index.ts";
import { useTranslation } from "../text/index.ts";
import { runAction, useAvailableActions } from "./actions/index.ts";
import { keep, keptValue } from "./desk/kept-place.ts";
import { useOffered } from "./desk/offers.ts";
import { Chord } from "./keys-overlay.tsx";
import classes from "./palette.module.css";
import { type Findable, find, recentKept, usedLast } from "./palette-search.ts";
import { clock, moment } from "./time.ts";

const [store, palette] = createSpotlight();

/** Opens the palette, or puts it away. */
export const togglePalette = (): void => palette.toggle();

/** Whether the palette is on screen. */
export const isPaletteOpen = (): boolean => store.getState().opened;

/** Time in which somebody goes on typing before the library is asked, in milliseconds. */
const typingMs = 140;
/** The dialog gives the focus back first; then what was chosen may take it. */
const afterClosingMs = 40;
const mostOfEach = 12;

interface Entry extends Findable {
  readonly icon: ReactNode;
  readonly right?: ReactNode;
  readonly note?: string;
  readonly run: () => void;
}
interface Group {
  readonly label: string;
  readonly entries: readonly Entry[];
}

/** Finds every action that can be run now, every place, what pages add, and conversations by title or words. */
export function Palette() {
  const { t } = useTranslation();
  const { opened } = useSpotlight(store);
  return (
    <Spotlight.Root
      store={store}
      shortcut={null}
      scrollable
      maxHeight="min(60vh, 32rem)"
      size="40rem"
      transitionProps={{ duration: 0 }}
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      // The dialog is called by its title, which needs no room of its own.
      title={t("desk.palette.title")}
      classNames={{ header: "unseen" }}
    >
      {opened && <Found />}
    </Spotlight.Root>
  );
}

function Found() {
  const { t } = useTranslation();
  const { query, selected } = useSpotlight(store);
  const listId = useId();
  const { groups, looking } = useGroups(query);
  const entries = groups.flatMap((group) => group.entries);
  const current = entries[Math.max(0, Math.min(selected, entries.length - 1))];
  const idOf = (entry: Entry) => `${listId}-${entry.id}`;

  // The first one is taken by Enter without another key.
  const first = entries[0]?.id;
  useEffect(() => {
    if (first !== undefined) store.setState((state) => ({ ...state, selected: 0 }));
  }, [first]);

  return (
    <>
      <Spotlight.Search
        size="md"
        placeholder={t("desk.palette.search")}
        leftSection={<IconSearch size={16} aria-hidden="true" />}
        aria-label={t("desk.palette.search")}
        role="combobox"
        // The store moves the choice without telling: what is told to a screen reader follows it.
        onKeyDown={(event) => {
          if (event.key.startsWith("Arrow")) queueMicrotask(() => store.setState(store.getState()));
        }}
        aria-expanded={entries.length > 0}
        aria-controls={`${listId}-list`}
        aria-autocomplete="list"
        {...(current === undefined ? {} : { "aria-activedescendant": idOf(current) })}
      />
      <div className="unseen" role="status">
        {looking
          ? t("desk.palette.looking")
          : entries.length === 0
            ? t("desk.palette.nothing")
            : t("desk.palette.count", { count: entries.length })}
      </div>
      {entries.length === 0 && (
        <Spotlight.Empty>{looking ? t("desk.palette.looking") : t("desk.palette.nothing")}</Spotlight.Empty>
      )}
      <Spotlight.ActionsList hidden={entries.length === 0}>
        <div role="listbox" id={`${listId}-list`} aria-label={t("desk.palette.results")}>
          {groups.map((group) => (
            // biome-ignore lint/a11y/useSemanticElements: a list of choices may hold groups, and no fieldsets
            <div key={group.label} role="group" aria-label={group.label} className={classes["group"]}>
              <div className={classes["groupLabel"]} aria-hidden="true">
                {group.label}
              </div>
              {group.entries.map((entry) => (
                <Spotlight.Action
                  key={entry.id}
                  ref={(element: HTMLButtonElement | null) => {
                    if (element !== null) element.id = idOf(entry);
                  }}
                  role="option"
                  aria-selected={entry === current}
                  data-selected={entry === current || undefined}
                  className={classes["entry"] ?? ""}
                  onClick={() => setTimeout(() => choose(entry), afterClosingMs)}
                >
                  <span className={classes["icon"]} aria-hidden="true">
                    {entry.icon}
                  </span>
                  <span className={classes["label"]} dir="auto">
                    <Highlight component="span" inherit highlight={query.split(/\s+/u).filter((word) => word.length > 1)}>
                      {entry.label}
                    </Highlight>
                    {entry.note !== undefined && <small>{entry.note}</small>}
                  </span>
                  {entry.right !== undefined && <span className={classes["right"]}>{entry.right}</span>}
                </Spotlight.Action>
              ))}
            </div>
          ))}
        </div>
      </Spotlight.ActionsList>
    </>
  );
}

function choose(entry: Entry): void {
  keep("palette.recent", usedLast(recentIds(), entry.id).join("\n").slice(0, 500));
  entry.run();
}

function recentIds(): string[] {
  const kept = keptValue("palette.recent");
  return typeof kept === "string" ? kept.split("\n").slice(0, recentKept) : [];
}

/** What answers the query, in groups: what was used last comes first while nothing has been typed. */
function useGroups(query: string): { groups: readonly Group[]; looking: boolean } {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const actions = useAvailableActions();
  const offered = useOffered();
  const [recent] = useState(recentIds);
  const text = query.trim();
  const [asked] = useDebouncedValue(text, typingMs);
  // The words of the library as they are typed; the one before is dropped by its signal.
  const titles = useCall(
    "library.list",
    { text: asked, limit: mostOfEach, ...(asked === "" ? { sortBy: "importedAt" as const } : { sortBy: "relevance" as const }) },
    { keep: true },
  );

  const fixed = useMemo<Entry[]>(
    () =>
      actions
        .filter(({ id }) => id !== "app.palette")
        .map(({ id, group, keys }) => ({
          id: `action:${id}`,
          label: t(`actions.${id}`),
          also: t(`actions.group.${group}`),
          icon:
            id in places ? (
              <IconArrowRight size={16} />
            ) : id === "app.newWindow" ? (
              <IconAppWindow size={16} />
            ) : (
              <IconBolt size={16} />
            ),
          ...(group === "everywhere" ? {} : { note: t(`actions.group.${group}`) }),
          ...(keys.length === 0 ? {} : { right: keys.slice(0, 2).map((chord) => <Chord key={chord} chord={chord} />) }),
          run: () => void runAction(id),
        })),
    [actions, t],
  );
  const views = useMemo<Entry[]>(
    () => offered.map((offer) => ({ ...offer, id: `offer:${offer.id}`, icon: <IconFilter size={16} /> })),
    [offered],
  );
  const conversations = useMemo<Entry[]>(
    () =>
      (titles.data?.rows ?? []).map((row) => ({
        id: `conversation:${row.id}`,
        label: row.title,
        icon: row.kind === "call" ? <IconPhone size={16} /> : <IconMessages size={16} />,
        note: [
          moment(row.startedAt ?? row.importedAt, (time) => t("state.today", { time })),
          ...(row.durationMs === null ? [] : [clock(row.durationMs)]),
          ...(row.hit === null ? [] : [row.hit.pieces.map((piece) => piece.text).join("")]),
        ].join(" · "),
        run: () => {
          const search =
            row.hit === null || text === "" ? "" : `?turn=${encodeURIComponent(row.hit.turnId)}&find=${encodeURIComponent(text)}`;
          navigate(`/conversation/${encodeURIComponent(row.id)}${search}`);
        },
      })),
    [titles.data, navigate, t, text],
  );

  const isPlace = (entry: Entry) => entry.id.replace("action:", "") in places;
  const found = find(fixed, text);
  const known = [...fixed, ...views, ...conversations];
  const last = text === "" ? recent.flatMap((id) => known.find((entry) => entry.id === id) ?? []) : [];
  const others = (entries: readonly Entry[]) => entries.filter((entry) => !last.includes(entry));
  const groups: Group[] = [
    { label: t("desk.palette.recent"), entries: last },
    { label: t("desk.palette.places"), entries: others(found.filter(isPlace)) },
    { label: t("desk.palette.offered"), entries: others(find(views, text)).slice(0, mostOfEach) },
    // Titles and words are what the library has searched already.
    { label: t("desk.palette.conversations"), entries: others(conversations).slice(0, text === "" ? 5 : mostOfEach) },
    { label: t("desk.palette.open"), entries: others(found.filter((entry) => !isPlace(entry))) },
  ];
  // Somebody who types the name of a command wants that before a call in which the word was said.
  const ordered = text === "" ? groups : [groups[1], groups[4], groups[2], groups[3]].filter((group) => group !== undefined);
  return {
    groups: ordered.filter((group) => group.entries.length > 0),
    looking: text !== asked || titles.isFetching,
  };
}

const places: Readonly<Record<string, true>> = {
  "app.library": true,
  "app.day": true,
  "app.insights": true,
  "app.categories": true,
  "app.checklists": true,
  "app.queue": true,
  "app.settings": true,
  "app.sources": true,
  "app.keysSettings": true,
};
