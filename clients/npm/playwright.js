// Fixtures for Playwright: `base.extend(dealsMock)` gives each test a world of its own.
import { runningMock } from "./index.js";

export const dealsMock = {
  /** A world that only this test knows; deleted at its end. */
  world: [
    async ({}, use) => {
      const world = runningMock().world();
      await use(world);
      await world.delete();
    },
    { auto: true },
  ],

  /** Whatever the page or `request` asks for, it asks in this world. The page need not know. */
  extraHTTPHeaders: async ({ world }, use) => use(world.headers),
};
