import { ActionIcon, Button, FileButton, Select } from "@mantine/core";
import { IconFileImport, IconHeadphones, IconSearchOff, IconSortAscending, IconSortDescending } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import type { SortKey } from "../../../app/contract/library-views.ts";
import { call, memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tellFailure } from "../../ui/notices.tsx";
import { EmptyState, FailureNote, PageFailure } from "../../ui/states.tsx";
import { BulkBar } from "./bulk-bar.tsx";
import { ColumnMenu } from "./column-menu.tsx";
import { FilterChips, FilterMenu } from "./filter-bar.tsx";
import { ImportOptionsButton } from "./import-options.tsx";
import { importFiles, importPaths } from "./importing.ts";
import { useKeptLook } from "./kept-look.ts";
import classes from "./library.module.css";
import { LibraryTable } from "./library-table.tsx";
import { SavedViews } from "./saved-views.tsx";
import { SearchBox } from "./search-box.tsx";
import { changeView, firstDirection, hasWords, useView } from "./view.ts";

/** All conversations: what there is, and what needs the reviewer. */
export function LibraryPage() {
  const { t } = useTranslation();
  const view = useView();
  const isReady = useKeptLook();
  const state = useCall("app.state", {});
  const [total, setTotal] = useState<number | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [sortedBy, setSortedBy] = useState<SortKey | null>(null);
  const filtered = view.text.trim() !== "";
  const empty = state.data?.conversations === 0 && (total ?? 0) === 0 && !filtered;

  useEffect(() => {
    document.title = `${t("library.title")} · ${t("app.name")}`;
  }, [t]);

  if (state.isError && state.data === undefined) {
    return <PageFailure failure={state.error} again={() => void state.refetch()} />;
  }

  return (
    <div className={classes["page"]}>
      <header className={classes["header"]}>
        <h1>{t("library.title")}</h1>
        <search className={classes["search"]}>
          <SearchBox />
        </search>
        <ImportOptionsButton />
        <ImportButton />
      </header>
      {empty ? (
        <FirstRun samples={state.data?.samplesAvailable ?? false} />
      ) : (
        <>
          {selected.size > 0 ? (
            <BulkBar selected={selected} select={setSelected} total={total} />
          ) : (
            <Toolbar total={total} sortedBy={sortedBy} />
          )}
          {isReady && (
            <LibraryTable
              view={view}
              selected={selected}
              select={setSelected}
              onTotal={setTotal}
              onSortedBy={setSortedBy}
              none={
                <EmptyState icon={<IconSearchOff size={36} />} title={t("library.noneTitle")} body={t("library.noneBody")}>
                  <Button variant="default" onClick={() => changeView({ text: "", scrollTop: 0 })}>
                    {t("library.showAll")}
                  </Button>
                </EmptyState>
              }
            />
          )}
        </>
      )}
    </div>
  );
}

/** Files by the system's dialog where the shell has one, else by the browser's own. */
function ImportButton() {
  const { t } = useTranslation();
  const state = useCall("app.state", {});
  const reset = useRef<() => void>(null);
  const looks = { leftSection: <IconFileImport size={16} aria-hidden="true" /> };
  if (state.data?.capabilities.nativeFileDialog === true) {
    const pick = async () => {
      try {
        const { paths } = await call("import.pick", {});
        await importPaths(paths);
      } catch (thrown) {
        tellFailure(thrown);
      }
    };
    return (
      <Button {...looks} onClick={() => void pick()}>
        {t("library.import")}
      </Button>
    );
  }
  return (
    <FileButton
      multiple
      resetRef={reset}
      inputProps={{ "aria-label": t("library.import"), "data-testid": "import-input" } as object}
      onChange={(files) => {
        void importFiles(files);
        // The same file may be chosen again.
        reset.current?.();
      }}
    >
      {(props) => (
        <Button {...looks} {...props}>
          {t("library.import")}
        </Button>
      )}
    </FileButton>
  );
}

function FirstRun({ samples }: { samples: boolean }) {
  const { t } = useTranslation();
  const open = useAct(
    "import.samples",
    () => {
      void memory.invalidateQueries({ queryKey: ["library.list"] });
      void memory.invalidateQueries({ queryKey: ["app.state"] });
    },
    "inPlace",
  );
  return (
    <div className={classes["firstRun"]}>
      <EmptyState
        icon={<IconHeadphones size={44} stroke={1.4} />}
        title={t("library.emptyTitle")}
        body={
          <>
            {t("library.emptyBody")}
            <br />
            <small>{t("library.emptyFormats")}</small>
          </>
        }
      >
        {samples && (
          <>
            <Button
              size="sm"
              loading={open.isPending}
              onClick={() => {
                // The keys go on from the first of them.
                changeView({ left: { index: 0, id: "" } });
                open.mutate({});
              }}
            >
              {t("library.samples")}
            </Button>
            <small className={classes["quiet"]}>{t("library.samplesNote")}</small>
          </>
        )}
        {open.isError && <FailureNote live failure={open.error} />}
      </EmptyState>
    </div>
  );
}

const sortKeys: readonly SortKey[] = [
  "importedAt",
  "startedAt",
  "title",
  "agent",
  "customer",
  "queue",
  "channel",
  "direction",
  "language",
  "durationMs",
  "agentTalkShare",
  "nonTalkMs",
  "interruptions",
  "turns",
  "customerSentiment",
  "agentSentiment",
  "topic",
  "score",
  "review",
];

function Toolbar({ total, sortedBy }: { total: number | null; sortedBy: SortKey | null }) {
  const { t } = useTranslation();
  const view = useView();
  const indexing = useCall("library.indexing", {});
  const keys = hasWords(view.text) ? (["relevance", ...sortKeys] as const) : sortKeys;
  const direction = t(view.direction === "ascending" ? "library.ascending" : "library.descending");
  const left = indexing.data?.left ?? 0;
  return (
    <>
      <div className={classes["toolbar"]}>
        <SavedViews />
        <FilterMenu />
        <Select
          aria-label={t("library.sort")}
          value={view.sortBy}
          data={keys.map((value) => ({ value, label: t(`library.sortBy.${value}`) }))}
          onChange={(value) => {
            const key = keys.find((each) => each === value);
            if (key !== undefined) changeView({ sortBy: key, direction: firstDirection(key), scrollTop: 0 });
          }}
          w="10rem"
        />
        <ActionIcon
          aria-label={direction}
          title={direction}
          onClick={() => changeView({ direction: view.direction === "ascending" ? "descending" : "ascending", scrollTop: 0 })}
        >
          {view.direction === "ascending" ? (
            <IconSortAscending size={16} aria-hidden="true" />
          ) : (
            <IconSortDescending size={16} aria-hidden="true" />
          )}
        </ActionIcon>
        <ColumnMenu />
        <FilterChips />
        <span className={classes["total"]} role="status">
          {total === null ? "" : t("library.count", { count: total })}
        </span>
      </div>
      {view.sortBy === "relevance" && sortedBy !== null && sortedBy !== "relevance" && (
        <p className={classes["aside"]}>{t("finding.notRanked")}</p>
      )}
      {left > 0 && (
        <p className={classes["aside"]} role="status">
          {t("finding.indexing", { count: left })}
        </p>
      )}
    </>
  );
}
