import { Button, Checkbox, Chip, Select, TextInput } from "@mantine/core";
import { IconRoute, IconSearchOff } from "@tabler/icons-react";
import { useDeferredValue, useEffect, useState } from "react";
import { Link } from "wouter";
import { type JourneyFilter, journeyFilters } from "../../../app/contract/journey-views.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useKept } from "../../ui/desk/kept-place.ts";
import { EmptyState, PageFailure, PageLoading } from "../../ui/states.tsx";
import { JourneyList } from "./journey-list.tsx";
import classes from "./journeys.module.css";
import { Proposals } from "./proposals.tsx";

const sorts = ["last", "size"] as const;

/** What customers went through, over all channels: the list of them, and who may be one and the same. */
export function JourneysPage() {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [filters, setFilters] = useState<JourneyFilter[]>([]);
  const [single, setSingle] = useKept<boolean>("journeys.single", false);
  const [sortBy, setSortBy] = useKept("journeys.sort", "last", sorts);
  const asked = { text: useDeferredValue(text), filters, least: single ? 1 : 2, sortBy };
  const first = useCall("journey.list", { ...asked, limit: 100 }, { keep: true });
  const proposals = useCall("journey.proposals", {});
  useEffect(() => {
    document.title = `${t("journeys.title")} · ${t("app.name")}`;
  }, [t]);
  if (first.data === undefined) {
    return first.isError ? <PageFailure failure={first.error} again={() => void first.refetch()} /> : <PageLoading />;
  }
  const { total, waiting } = first.data;
  const isNarrowed = text !== "" || filters.length > 0;
  const showAll = () => {
    setText("");
    setFilters([]);
  };
  return (
    <div className={classes["page"]} data-testid="journeys">
      <header className={classes["header"]}>
        <h1>{t("journeys.title")}</h1>
        <p className={classes["quiet"]} role="status">
          {t("journeys.total", { count: total })}
          {waiting > 0 && ` · ${t("journeys.waiting", { count: waiting })}`}
        </p>
      </header>
      <div className={classes["controls"]}>
        <TextInput
          size="xs"
          type="search"
          className={classes["search"] ?? ""}
          label={t("journeys.search")}
          placeholder={t("journeys.searchHint")}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Select
          size="xs"
          label={t("journeys.sort")}
          allowDeselect={false}
          value={sortBy}
          data={sorts.map((value) => ({ value, label: t(`journeys.sorts.${value}`) }))}
          onChange={(value) => setSortBy(sorts.find((each) => each === value) ?? sortBy)}
        />
        <fieldset className={classes["filters"]}>
          <legend>{t("journeys.filter")}</legend>
          <Chip.Group
            multiple
            value={filters}
            onChange={(chosen) => setFilters(journeyFilters.filter((each) => (chosen as readonly string[]).includes(each)))}
          >
            {journeyFilters.map((filter) => (
              <Chip key={filter} value={filter} size="xs" variant="outline">
                {t(`journeys.filters.${filter}`)}
              </Chip>
            ))}
          </Chip.Group>
        </fieldset>
        <Checkbox
          size="xs"
          label={t("journeys.single")}
          checked={single}
          onChange={(event) => setSingle(event.currentTarget.checked)}
        />
      </div>
      <div className={classes["columns"]}>
        {total === 0 ? (
          <EmptyState
            icon={isNarrowed ? <IconSearchOff size={36} /> : <IconRoute size={40} stroke={1.4} />}
            title={t(isNarrowed ? "journeys.noneTitle" : "journeys.emptyTitle")}
            body={t(isNarrowed ? "journeys.noneBody" : "journeys.emptyBody")}
          >
            {isNarrowed ? (
              <Button variant="default" onClick={showAll}>
                {t("journeys.showAll")}
              </Button>
            ) : (
              <Link href="/">{t("app.toLibrary")}</Link>
            )}
          </EmptyState>
        ) : (
          <JourneyList key={JSON.stringify(asked)} asked={asked} total={total} />
        )}
        {(proposals.data?.total ?? 0) > 0 && proposals.data !== undefined && (
          <Proposals proposals={proposals.data.proposals} total={proposals.data.total} />
        )}
      </div>
    </div>
  );
}
