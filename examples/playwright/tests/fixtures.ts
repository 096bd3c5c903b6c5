import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, test as base, type Page } from "@playwright/test";

export { expect };

// Start `deals-mock` first; the environment variable MOCK is its address.
const MOCK = process.env.MOCK ?? "http://127.0.0.1:4010";

interface OfTest {
  world: string;
  control: (method: string, path: string, data?: object) => Promise<any>;
  openBoard: (password?: string) => Promise<Page>;
}

interface OfWorker {
  site: string;
}

export const test = base.extend<OfTest, OfWorker>({
  /** The name of a world that only this test knows: no other test sees what it does. */
  world: async ({}, use, { testId, retry }) => use(`${testId}-${retry}`),

  /** Whatever the page requests, it requests it in this world, and so does `request` below. The page need not know. */
  extraHTTPHeaders: async ({ world }, use) => use({ "X-Mock-World": world }),

  /** Controls the mock. It refuses to be controlled by pages, so this is sent from here. */
  control: [
    async ({ request, world }, use) => {
      await use(async (method, path, data) => {
        const response = await request.fetch(`${MOCK}/__admin${path}`, { method, data });
        expect(response.ok(), await response.text()).toBe(true);
        return response.json();
      });
      await request.delete(`${MOCK}/__admin/worlds/${world}`);
    },
    { auto: true }, // also tests that do not use it delete their world
  ],

  /** Opens the page and signs in. */
  openBoard: async ({ page, site }, use) =>
    use(async (password = "password") => {
      await page.goto(`${site}/?api=${MOCK}/api`);
      await page.getByLabel("Email").fill("admin@revorbit.example");
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Sign in" }).click();
      return page;
    }),

  /** Serves the page; with a real frontend this is its development server. */
  site: [
    async ({}, use) => {
      const html = await readFile(new URL("../board.html", import.meta.url));
      const server = createServer((_, response) => response.setHeader("Content-Type", "text/html").end(html));
      await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      server.close();
    },
    { scope: "worker" },
  ],
});
