import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { test as base, type Page } from "@playwright/test";
import { dealsMock, type DealsMockFixtures } from "revenue-orbit-deals-mock/playwright";

export { expect } from "@playwright/test";

interface OfTest {
  openBoard: (password?: string) => Promise<Page>;
}

interface OfWorker {
  site: string;
}

/** Each test has a `world` of its own, and whatever the page requests, it requests there. The page need not know. */
export const test = base.extend<DealsMockFixtures>(dealsMock).extend<OfTest, OfWorker>({
  /** Opens the page and signs in. */
  openBoard: async ({ page, site, world }, use) =>
    use(async (password = "password") => {
      await page.goto(`${site}/?api=${world.mock.api}`);
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
