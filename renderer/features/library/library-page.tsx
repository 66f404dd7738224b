import { ActionIcon, Button, CloseButton, FileButton, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import {
  IconFileImport,
  IconHeadphones,
  IconSearch,
  IconSearchOff,
  IconSortAscending,
  IconSortDescending,
  IconX,
} from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { workStateSchema } from "../../../app/contract/views.ts";
import { channelSchema } from "../../../app/conversation/conversation.ts";
import { call, memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tellFailure } from "../../ui/notices.tsx";
import { EmptyState, FailureNote, PageFailure } from "../../ui/states.tsx";
import { isCovered, isTyping } from "../../ui/typing.ts";
import { useConfirmDelete } from "./confirm-delete.tsx";
import { importFiles, importPaths } from "./importing.ts";
import classes from "./library.module.css";
import { LibraryTable } from "./library-table.tsx";
import { changeView, firstDirection, plainView, type SortKey, useView } from "./view.ts";

/** All conversations: what there is, and what needs the reviewer. */
export function LibraryPage() {
  const { t } = useTranslation();
  const view = useView();
  const state = useCall("app.state", {});
  const [total, setTotal] = useState<number | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const filtered = view.text.trim() !== "" || view.channel !== undefined || view.state !== undefined;
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
        <ImportButton />
      </header>
      {empty ? (
        <FirstRun samples={state.data?.samplesAvailable ?? false} />
      ) : (
        <>
          <Toolbar total={total} selected={selected} select={setSelected} />
          <LibraryTable
            view={view}
            selected={selected}
            select={setSelected}
            onTotal={setTotal}
            none={
              <EmptyState icon={<IconSearchOff size={36} />} title={t("library.noneTitle")} body={t("library.noneBody")}>
                <Button variant="default" onClick={() => changeView(plainView)}>
                  {t("library.showAll")}
                </Button>
              </EmptyState>
            }
          />
        </>
      )}
    </div>
  );
}

function SearchBox() {
  const { t } = useTranslation();
  const view = useView();
  const [typed, setTyped] = useState(view.text);
  const box = useRef<HTMLInputElement>(null);
  const search = useDebouncedCallback((text: string) => changeView({ text, scrollTop: 0 }), 160);

  useEffect(() => {
    if (view.text === "") setTyped("");
  }, [view.text]);

  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isCovered()) return;
      event.preventDefault();
      box.current?.focus();
      box.current?.select();
    };
    window.addEventListener("keydown", hear);
    return () => window.removeEventListener("keydown", hear);
  }, []);

  const clear = () => {
    search.cancel();
    setTyped("");
    changeView({ text: "", scrollTop: 0 });
  };
  return (
    <TextInput
      ref={box}
      aria-label={t("library.search")}
      placeholder={t("library.search")}
      maxLength={500}
      leftSection={<IconSearch size={16} aria-hidden="true" />}
      rightSection={typed === "" ? null : <CloseButton size="sm" aria-label={t("library.clearSearch")} onClick={clear} />}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        search(event.currentTarget.value);
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape" && typed !== "") {
          event.preventDefault();
          clear();
        }
        if (event.key === "ArrowDown") {
          event.preventDefault();
          document.querySelector<HTMLElement>('[role="grid"] [role="row"][tabindex="0"]')?.focus();
        }
      }}
    />
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
  "durationMs",
  "agentTalkShare",
  "nonTalkMs",
  "interruptions",
];

function Toolbar({
  total,
  selected,
  select,
}: {
  total: number | null;
  selected: ReadonlySet<string>;
  select: (ids: ReadonlySet<string>) => void;
}) {
  const { t } = useTranslation();
  const view = useView();
  const confirmDelete = useConfirmDelete();
  const again = useAct("queue.analyseAgain");
  const keys = view.text.trim() === "" ? sortKeys : (["relevance", ...sortKeys] as const);
  const direction = t(view.direction === "ascending" ? "library.ascending" : "library.descending");

  if (selected.size > 0) {
    return (
      <div className={classes["toolbar"]} role="toolbar" aria-label={t("library.selected", { count: selected.size })}>
        <strong role="status">{t("library.selected", { count: selected.size })}</strong>
        <Button
          variant="default"
          onClick={() => {
            for (const conversationId of selected) again.mutate({ conversationId });
            select(new Set());
          }}
        >
          {t("library.analyseAgain")}
        </Button>
        <Button variant="default" color="red" onClick={() => confirmDelete([...selected], () => select(new Set()))}>
          {t("library.delete")}
        </Button>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconX size={14} aria-hidden="true" />}
          onClick={() => select(new Set())}
        >
          {t("library.selectNone")}
        </Button>
      </div>
    );
  }
  return (
    <div className={classes["toolbar"]}>
      <Select
        aria-label={t("library.channel")}
        value={view.channel ?? ""}
        data={[
          { value: "", label: t("library.everyChannel") },
          ...channelSchema.options.map((value) => ({ value, label: t(`channel.${value}`) })),
        ]}
        onChange={(value) => changeView({ channel: channelSchema.safeParse(value).data, scrollTop: 0 })}
        w="9rem"
      />
      <Select
        aria-label={t("library.state")}
        value={view.state ?? ""}
        data={[
          { value: "", label: t("library.everyState") },
          ...workStateSchema.options.map((value) => ({ value, label: t(`work.${value}`) })),
        ]}
        onChange={(value) => changeView({ state: workStateSchema.safeParse(value).data, scrollTop: 0 })}
        w="9rem"
      />
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
      <span className={classes["total"]} role="status">
        {total === null ? "" : t("library.count", { count: total })}
      </span>
    </div>
  );
}
