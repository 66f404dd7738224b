import { lazy, Suspense, useEffect } from "react";
import { Route, Switch, useLocation } from "wouter";
import { onUnshownFailure } from "../bridge/index.ts";
import { ImportArea, LibraryPage } from "../features/library/index.ts";
import { keep } from "./desk/kept-place.ts";
import { ErrorBoundary } from "./error-boundary.tsx";
import classes from "./frame.module.css";
import { Frame } from "./frame.tsx";
import { tellFailure } from "./notices.tsx";
import { NothingHere, PageLoading } from "./states.tsx";

const review = () => import("../features/review/index.ts");
const day = () => import("../features/day/index.ts");
const insights = () => import("../features/insights/index.ts");
const categories = () => import("../features/categories/index.ts");
const questions = () => import("../features/questions/index.ts");
const journeys = () => import("../features/journeys/index.ts");
const checklists = () => import("../features/checklist/index.ts");
const queue = () => import("../features/queue/index.ts");
const ledger = () => import("../features/ledger/index.ts");
const settings = () => import("../features/settings/index.ts");
const ReviewPage = lazy(async () => ({ default: (await review()).ReviewPage }));
const ReviewStrip = lazy(async () => ({ default: (await day()).ReviewStrip }));
const DayPage = lazy(async () => ({ default: (await day()).DayPage }));
const InsightsPage = lazy(async () => ({ default: (await insights()).InsightsPage }));
const CategoriesPage = lazy(async () => ({ default: (await categories()).CategoriesPage }));
const QuestionsPage = lazy(async () => ({ default: (await questions()).QuestionsPage }));
const JourneysPage = lazy(async () => ({ default: (await journeys()).JourneysPage }));
const JourneyPage = lazy(async () => ({ default: (await journeys()).JourneyPage }));
const ChecklistsPage = lazy(async () => ({ default: (await checklists()).ChecklistsPage }));
const PromptsPage = lazy(async () => ({ default: (await checklists()).PromptsPage }));
const QueuePage = lazy(async () => ({ default: (await queue()).QueuePage }));
const LedgerPage = lazy(async () => ({ default: (await ledger()).LedgerPage }));
const SettingsPage = lazy(async () => ({ default: (await settings()).SettingsPage }));

/** How long the first place has the machine to itself before the others are fetched. */
const fetchOthersAfterMs = 1_500;

/** Keeps which conversation was open last: rules that are being written are tried on it. */
function LastOpened({ id }: { id: string }) {
  useEffect(() => keep("conversation.last", id), [id]);
  return null;
}

/** The whole page: the frame and, inside, the place that the address names. */
export function App() {
  const [place] = useLocation();
  useEffect(() => onUnshownFailure(tellFailure), []);
  // The other places are fetched before they are asked for: they open at once, also when Earmark is closed meanwhile.
  useEffect(() => {
    const soon = setTimeout(() => {
      for (const fetchPlace of [review, day, insights, categories, questions, journeys, checklists, queue, ledger, settings])
        fetchPlace().catch(() => undefined);
    }, fetchOthersAfterMs);
    return () => clearTimeout(soon);
  }, []);
  return (
    <Frame>
      <ErrorBoundary key={place}>
        <Suspense fallback={<PageLoading />}>
          <Switch>
            <Route path="/">
              <LibraryPage />
            </Route>
            <Route path="/conversation/:id">
              {({ id }) => (
                <div className={classes["under"]}>
                  <LastOpened key={`last ${id}`} id={decodeURIComponent(id)} />
                  <ReviewStrip key={`strip ${id}`} id={decodeURIComponent(id)} />
                  <div className={classes["rest"]}>
                    <ReviewPage key={id} id={decodeURIComponent(id)} />
                  </div>
                </div>
              )}
            </Route>
            <Route path="/day">
              <DayPage />
            </Route>
            <Route path="/insights">
              <InsightsPage />
            </Route>
            <Route path="/insights/questions">
              <QuestionsPage id={null} />
            </Route>
            <Route path="/insights/questions/:id">{({ id }) => <QuestionsPage id={decodeURIComponent(id)} />}</Route>
            <Route path="/insights/categories">
              <CategoriesPage id={null} />
            </Route>
            <Route path="/insights/categories/:id">{({ id }) => <CategoriesPage id={decodeURIComponent(id)} />}</Route>
            <Route path="/journeys">
              <JourneysPage />
            </Route>
            <Route path="/journeys/:id">{({ id }) => <JourneyPage key={id} id={decodeURIComponent(id)} />}</Route>
            <Route path="/checklists">
              <ChecklistsPage id={null} />
            </Route>
            <Route path="/prompts">
              <PromptsPage open={null} />
            </Route>
            {(["prompt", "workflow"] as const).map((kind) => (
              <Route key={kind} path={`/prompts/${kind}/:id`}>
                {({ id }) => <PromptsPage open={{ kind, id: decodeURIComponent(id) }} />}
              </Route>
            ))}
            <Route path="/checklists/:id">{({ id }) => <ChecklistsPage id={decodeURIComponent(id)} />}</Route>
            <Route path="/queue">
              <QueuePage />
            </Route>
            <Route path="/ledger">
              <LedgerPage />
            </Route>
            <Route path="/settings">
              <SettingsPage />
            </Route>
            <Route>
              <NothingHere />
            </Route>
          </Switch>
        </Suspense>
      </ErrorBoundary>
      <ImportArea />
    </Frame>
  );
}
