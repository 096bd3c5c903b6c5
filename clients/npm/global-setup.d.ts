/** `globalSetup` of Playwright or Vitest: one mock for the whole run. */
export default function setUp(): Promise<(() => Promise<void>) | undefined>;
