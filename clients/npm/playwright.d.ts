import type { World } from "./index.js";

export interface DealsMockFixtures {
  /** A world that only this test knows; deleted at its end. */
  world: World;
}

/** For `base.extend<DealsMockFixtures>(dealsMock)`: everything that a page requests is in the test's world. */
export declare const dealsMock: {
  world: [(args: {}, use: (world: World) => Promise<void>) => Promise<void>, { auto: true }];
  extraHTTPHeaders: (args: { world: World }, use: (headers: Record<string, string>) => Promise<void>) => Promise<void>;
};
