export { JourneyPage } from "./journey-page.tsx";
export { JourneyPeek } from "./journey-peek.tsx";
export { JourneyPlace } from "./journey-place.tsx";
export { JourneysPage } from "./journeys-page.tsx";
