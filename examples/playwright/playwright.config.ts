import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests",
  globalSetup: "revenue-orbit-deals-mock/global-setup", // starts the mock, unless DEALS_MOCK_URL names one
  fullyParallel: true,
  workers: 3, // all of them use one mock
  reporter: "list",
  use: {
    // The browser of the environment variable CHROMIUM, else Playwright's own.
    launchOptions: { executablePath: process.env.CHROMIUM || undefined },
  },
});
