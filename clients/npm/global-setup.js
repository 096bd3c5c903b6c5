// `globalSetup` of Playwright or Vitest: one mock for the whole run, in DEALS_MOCK_URL of all its processes.
import { startMock } from "./index.js";

/** Start a mock, unless DEALS_MOCK_URL names one; options come from DEALS_MOCK_OPTIONS, separated by spaces. */
export default async function setUp() {
  if (process.env.DEALS_MOCK_URL) return undefined;
  const args = (process.env.DEALS_MOCK_OPTIONS ?? "").split(/\s+/).filter(Boolean);
  const mock = await startMock({ args });
  process.env.DEALS_MOCK_URL = mock.address;
  if (mock.adminKey) process.env.DEALS_MOCK_ADMIN_KEY = mock.adminKey;
  return () => {
    delete process.env.DEALS_MOCK_URL;
    return mock.stop();
  };
}
