import { lazy, Suspense, useEffect } from "react";
import { Route, Switch, useLocation } from "wouter";
import { onUnshownFailure } from "../bridge/index.ts";
import { ImportArea, LibraryPage } from "../features/library/index.ts";
import { ErrorBoundary } from "./error-boundary.tsx";
import classes from "./frame.module.css";
import { Frame } from "./frame.tsx";
import { tellFailure } from "./notices.tsx";
import { NothingHere, PageLoading } from "./states.tsx";

const review = () => import("../features/review/index.ts");
const day = () => import("../features/day/index.ts");
const queue = () => import("../features/queue/index.ts");
const settings = () => import("../features/settings/index.ts");
const ReviewPage = lazy(async () => ({ default: (await review()).ReviewPage }));
const ReviewStrip = lazy(async () => ({ default: (await day()).ReviewStrip }));
const DayPage = lazy(async () => ({ default: (await day()).DayPage }));
const QueuePage = lazy(async () => ({ default: (await queue()).QueuePage }));
const SettingsPage = lazy(async () => ({ default: (await settings()).SettingsPage }));

/** How long the first place has the machine to itself before the others are fetched. */
const fetchOthersAfterMs = 1_500;

/** The whole page: the frame and, inside, the place that the address names. */
export function App() {
  const [place] = useLocation();
  useEffect(() => onUnshownFailure(tellFailure), []);
  // The other places are fetched before they are asked for: they open at once, also when Earmark is closed meanwhile.
  useEffect(() => {
    const soon = setTimeout(() => {
      for (const fetchPlace of [review, day, queue, settings]) fetchPlace().catch(() => undefined);
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
            <Route path="/queue">
              <QueuePage />
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
