export { DayPage } from "./day-page.tsx";
export { ReviewStrip } from "./review-strip.tsx";
