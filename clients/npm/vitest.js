// Fixtures for Vitest: `base.extend(dealsMock)` gives each test that asks for it a world of its own.
import { runningMock } from "./index.js";

export const dealsMock = {
  /** A world that only this test knows; deleted at its end. */
  world: async ({}, use) => {
    const world = runningMock().world();
    await use(world);
    await world.delete();
  },
};
