export type Role = "admin" | "manager" | "rep";

export interface MockOptions {
  /** How many deals to generate. */
  deals?: number;
  seed?: number;
  /** Fix the clock at this time: `2026-02-09T12:00:00Z`. */
  now?: string;
  /** Initial data: the name of a fixture, or a path. */
  fixture?: string;
  /** Refuse names that the mock does not understand. */
  strict?: boolean;
  /** Refuse requests that name no world. */
  requireWorld?: boolean;
  /** By default any free port. */
  port?: number;
  /** Further options of `deals-mock`. */
  args?: readonly string[];
  /** The program and its first arguments; by default DEALS_MOCK, `deals-mock`, or `python3 -m mock_server`. */
  command?: readonly [string, ...string[]];
  /** Environment variables besides those of this process. */
  env?: Readonly<Record<string, string>>;
}

/** One world of a mock: nobody who does not name it sees what is done in it. */
export declare class World {
  readonly name: string;
  readonly mock: Mock;
  /** What the API and the control side of this world are below. */
  readonly address: string;
  readonly api: string;
  /** What to send to the mock's own API address to be in this world. */
  readonly headers: { "X-Mock-World": string };
  /** A token for the user of a role; by default the admin. */
  token(role?: Role): Promise<string>;
  /** Control the mock: `control("POST", "/faults", { operation: "updateDeal", status: 500 })`. */
  control(method: string, path: string, body?: object): Promise<any>;
  delete(): Promise<void>;
}

/** A mock at an address. */
export declare class Mock {
  constructor(address: string, adminKey?: string);
  readonly address: string;
  readonly api: string;
  readonly adminKey: string | undefined;
  /** A world of this name; by default one that nobody else uses. */
  world(name?: string): World;
}

/** A mock that this process has started. */
export interface StartedMock extends Mock {
  readonly docs: string;
  readonly console: string;
  readonly tokens: Readonly<Partial<Record<Role, string>>>;
  readonly version: string;
  readonly pid: number;
  /** End it. */
  stop(): Promise<void>;
}

/** Start a mock on a free port, and resolve when it is ready. */
export declare function startMock(options?: MockOptions): Promise<StartedMock>;

/** The mock that global-setup has started, or whose address is in DEALS_MOCK_URL. */
export declare function runningMock(): Mock;
