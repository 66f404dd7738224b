import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./theme/base.css";
import "./ui/print/print.css";
import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { keepFresh, memory } from "./bridge/index.ts";
import { beginText } from "./text/index.ts";
import { styleNonce } from "./theme/nonce.ts";
import { theme, variables } from "./theme/theme.ts";
import { App } from "./ui/app.tsx";
import { beginPlace } from "./ui/desk/kept-place.ts";
import { ErrorBoundary } from "./ui/error-boundary.tsx";

async function begin(): Promise<void> {
  await Promise.all([beginText(), beginPlace()]);
  // Dialogs lock the page's scrolling with a style element of their own; its library takes the nonce from this global.
  Object.assign(globalThis, { __webpack_nonce__: styleNonce() });
  keepFresh(memory);
  const root = document.getElementById("root");
  if (root === null) throw new Error("The page has no root element.");
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto" getStyleNonce={styleNonce}>
        <QueryClientProvider client={memory}>
          <ModalsProvider>
            <Notifications position="bottom-right" limit={4} />
            <ErrorBoundary>
              <App />
            </ErrorBoundary>
          </ModalsProvider>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

void begin();
