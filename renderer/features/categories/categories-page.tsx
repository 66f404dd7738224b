import { Button, TextInput } from "@mantine/core";
import { IconDownload, IconPlus, IconRuler2, IconUpload } from "@tabler/icons-react";
import { useEffect, useMemo, useState } from "react";
import { Link, useLocation } from "wouter";
import type { CategoryView } from "../../../app/contract/category-views.ts";
import { writeRulesFile } from "../../../app/insight/rules-write.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useOffers } from "../../ui/desk/offers.ts";
import { saveFile } from "../../ui/desk/save-file.ts";
import { useTextDrafts } from "../../ui/desk/text-drafts.ts";
import { EmptyState, PageFailure, PageLoading } from "../../ui/states.tsx";
import { InsightsTabs } from "../insights/index.ts";
import classes from "./categories.module.css";
import { newAddress } from "./category-draft.ts";
import { addressOf, CategoryEditor } from "./category-editor.tsx";
import { ImportCategories } from "./import-categories.tsx";

/** The categories of the library, and the one that is being written. */
export function CategoriesPage({ id }: { id: string | null }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [importing, setImporting] = useState(false);
  const list = useCall("category.list", {});
  const drafts = useTextDrafts("category");
  const categories = list.data?.categories;
  const chosen = categories?.find(({ category }) => category.id === id) ?? null;
  useEffect(() => {
    document.title = `${chosen?.category.name ?? t("rules.title")} · ${t("app.name")}`;
  }, [t, chosen]);
  const offers = useMemo(
    () => [
      { id: "category-new", label: t("rules.create"), run: () => navigate(addressOf(newAddress)) },
      ...(categories ?? []).map(({ category }) => ({
        id: `category-${category.id}`,
        label: `${t("rules.title")}: ${category.name}`,
        run: () => navigate(addressOf(category.id)),
      })),
    ],
    [categories, navigate, t],
  );
  useOffers(offers);
  if (list.data === undefined || categories === undefined || drafts === undefined) {
    return list.isError ? <PageFailure failure={list.error} again={() => void list.refetch()} /> : <PageLoading />;
  }
  const taken = categories.map(({ category }) => category.id);
  const all = categories.map(({ category }) => category);
  return (
    <div className={classes["page"]}>
      <header className={classes["header"]}>
        <h1>{t("insights.title")}</h1>
        <InsightsTabs />
        <span className={classes["looking"]} role="status">
          {list.data.waiting > 0 ? t("rules.looking", { count: list.data.waiting }) : ""}
        </span>
        <Button
          variant="default"
          size="xs"
          aria-haspopup="dialog"
          leftSection={<IconUpload size={14} aria-hidden="true" />}
          onClick={() => setImporting(true)}
        >
          {t("rules.import")}
        </Button>
        <Button
          variant="default"
          size="xs"
          disabled={all.length === 0}
          leftSection={<IconDownload size={14} aria-hidden="true" />}
          onClick={() => saveFile("categories.yaml", "application/yaml", writeRulesFile(all))}
        >
          {t("rules.export")}
        </Button>
        <Button size="xs" leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={() => navigate(addressOf(newAddress))}>
          {t("rules.create")}
        </Button>
      </header>
      <div className={classes["body"]}>
        <CategoryList categories={categories} id={id} drafts={drafts} />
        {id === newAddress && chosen === null ? (
          <CategoryEditor key={newAddress} view={null} taken={taken} draft={drafts.get(newAddress)} />
        ) : chosen !== null ? (
          <CategoryEditor key={chosen.category.id} view={chosen} taken={taken} draft={drafts.get(chosen.category.id)} />
        ) : (
          <div>
            <EmptyState icon={<IconRuler2 size={40} stroke={1.4} />} title={t("rules.choose")} body={t("rules.chooseBody")}>
              <Button variant="default" onClick={() => navigate(addressOf(newAddress))}>
                {t("rules.create")}
              </Button>
            </EmptyState>
          </div>
        )}
      </div>
      <ImportCategories opened={importing} close={() => setImporting(false)} known={all} />
    </div>
  );
}

/** From how many categories on they can be filtered. */
const filteredFrom = 8;

function CategoryList({
  categories,
  id,
  drafts,
}: {
  categories: readonly CategoryView[];
  id: string | null;
  drafts: ReadonlyMap<string, string>;
}) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState("");
  const words = wanted.trim().toLocaleLowerCase();
  const shown = categories.filter(({ category }) =>
    [category.name, category.id, category.description].some((text) => text.toLocaleLowerCase().includes(words)),
  );
  return (
    <nav className={classes["list"]} aria-label={t("rules.list")} data-keep-scroll="categories">
      {categories.length >= filteredFrom && (
        <TextInput
          size="xs"
          aria-label={t("rules.filter")}
          placeholder={t("rules.filter")}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      )}
      {shown.length === 0 && categories.length > 0 && <p className={classes["quiet"]}>{t("rules.noneOf")}</p>}
      <ul>
        {shown.map(({ category, present, absent }) => (
          <li key={category.id}>
            <Link
              href={addressOf(category.id)}
              aria-current={category.id === id ? "page" : undefined}
              title={category.description}
              data-off={category.enabled ? undefined : true}
            >
              <span className={classes["listName"]}>
                {category.name}
                {drafts.has(category.id) && <small> {t("rules.unsaved")}</small>}
              </span>
              <span className={`${classes["quiet"]} numeric`}>
                {category.enabled ? (
                  <>
                    <span aria-hidden="true">{present}</span>
                    <span className="unseen">{t("rules.counts", { present, absent })}</span>
                  </>
                ) : (
                  t("rules.off")
                )}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
