// Starts the installed `deals-mock`, or uses one that runs, and gives tests worlds of their own.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";

/** Start a mock on a free port, and resolve when it is ready. */
export async function startMock({ args = [], command, env = {}, ...options } = {}) {
  const given = command ?? (process.env.DEALS_MOCK ? [process.env.DEALS_MOCK] : undefined);
  const commands = given ? [given] : [["deals-mock"], ["python3", "-m", "mock_server"], ["python", "-m", "mock_server"]];
  const flags = ["--port", String(options.port ?? 0), "--json", ...flagsOf(options), ...args];
  const failures = [];
  for (const [program, ...first] of commands) {
    const started = await launched({ program, args: [...first, ...flags], env });
    if (started.mock) return started.mock;
    failures.push(`${[program, ...first].join(" ")}: ${started.reason}`);
    if (!started.missing) break;
  }
  throw new Error(
    `The mock did not start. Install deals-mock (Python), or name it in the environment variable DEALS_MOCK.\n${failures.join("\n")}`,
  );
}

/** The mock that global-setup has started, or whose address is in DEALS_MOCK_URL. */
export function runningMock() {
  const url = process.env.DEALS_MOCK_URL;
  if (!url) throw new Error("No mock is running: use revenue-orbit-deals-mock/global-setup, or set DEALS_MOCK_URL");
  return new Mock(url.replace(/\/+$/, ""), process.env.DEALS_MOCK_ADMIN_KEY);
}

/** A mock at an address. */
export class Mock {
  constructor(address, adminKey) {
    this.address = address;
    this.api = `${address}/api`;
    this.adminKey = adminKey;
  }

  /** A world that nobody else uses: a copy of the base world, made when it is first asked for. */
  world(name = randomUUID()) {
    return new World(this, name);
  }
}

/** A mock that this process has started. */
class StartedMock extends Mock {
  #child;

  constructor(child, told) {
    super(told.address, told.admin_key ?? process.env.DEALS_MOCK_ADMIN_KEY);
    this.#child = child;
    const { api, docs, console, tokens, version, pid } = told;
    Object.assign(this, { api, docs, console, tokens, version, pid });
  }

  /** End it. */
  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill();
    await ended;
  }
}

/** One world of a mock. */
export class World {
  constructor(mock, name) {
    this.mock = mock;
    this.name = name;
    this.address = `${mock.address}/worlds/${name}`;
    this.api = `${this.address}/api`;
    this.headers = { "X-Mock-World": name };
  }

  /** A token for the user of a role. */
  async token(role = "admin") {
    const body = { email: `${role}@revorbit.example`, password: "password" };
    return (await send("POST", `${this.api}/auth/login`, { body })).token;
  }

  /** Control the mock: `control("POST", "/faults", { operation: "updateDeal", status: 500 })`. */
  control(method, path, body) {
    return send(method, `${this.address}/__admin${path}`, { body, adminKey: this.mock.adminKey });
  }

  /** Delete it; it is no error if it has never been used. */
  async delete() {
    const { address, adminKey } = this.mock;
    await send("DELETE", `${address}/__admin/worlds/${this.name}`, { adminKey, mayBeMissing: true });
  }
}

function flagsOf({ deals, seed, now, fixture, strict, requireWorld }) {
  const valued = { "--deals": deals, "--seed": seed, "--now": now, "--fixture": fixture };
  const given = Object.entries(valued).filter(([, value]) => value !== undefined);
  return [
    ...given.flatMap(([flag, value]) => [flag, String(value)]),
    ...(strict ? ["--strict-requests"] : []),
    ...(requireWorld ? ["--require-world"] : []),
  ];
}

/** The mock that a command has started, or why it has not. */
function launched({ program, args, env }) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
    let said = "";
    const end = () => child.kill();
    child.stderr.on("data", (data) => (said += data));
    child.once("error", (error) => resolve({ missing: error.code === "ENOENT", reason: error.message }));
    child.once("close", (code) => {
      process.off("exit", end);
      resolve({ missing: /No module named/.test(said), reason: said.trim() || `ended with status ${code}` });
    });
    process.once("exit", end); // no mock outlives the tests
    createInterface({ input: child.stdout }).once("line", (line) => {
      child.stderr.removeAllListeners("data").pipe(process.stderr, { end: false });
      resolve({ mock: new StartedMock(child, JSON.parse(line)) });
    });
  });
}

async function send(method, url, { body, adminKey, mayBeMissing = false }) {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body && { "Content-Type": "application/json" }),
      ...(adminKey && { "X-Mock-Admin-Key": adminKey }),
    },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status === 404 && mayBeMissing) return undefined;
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return JSON.parse(text);
}
