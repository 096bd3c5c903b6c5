import type { World } from "./index.js";

/** For `base.extend(dealsMock)`: each test that asks for `world` has one of its own. */
export declare const dealsMock: {
  world: (args: {}, use: (world: World) => Promise<void>) => Promise<void>;
};
