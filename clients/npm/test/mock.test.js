import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import setUp from "../global-setup.js";
import { runningMock, startMock } from "../index.js";
import { dealsMock as forPlaywright } from "../playwright.js";
import { dealsMock as forVitest } from "../vitest.js";

let mock;
before(async () => (mock = await startMock({ deals: 20, now: "2026-02-09T12:00:00Z", args: ["--seed", "7"] })));
after(() => mock.stop());

const total = async (api, token) => {
  const response = await fetch(`${api}/deals`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal(response.status, 200);
  return (await response.json()).total;
};

/** Run a fixture as a test runner does; the test is `use`. */
const inFixture = (fixture, use) => fixture({}, use);

test("what it has told works", async () => {
  assert.equal(await total(mock.api, mock.tokens.admin), 20);
  assert.match(mock.version, /^\d+\.\d+\.\d+$/);
  assert.equal((await fetch(mock.docs)).status, 200);
});

test("a world changes and no other does", async () => {
  const [mine, other] = [mock.world(), mock.world("other")];
  const token = await mine.token("rep");
  const sent = await fetch(`${mine.api}/deals/10`, {
    method: "DELETE",
    headers: { Authorization: `Bearer ${await mine.token()}` },
  });
  assert.equal(sent.status, 200);
  assert.equal(await total(mine.api, await mine.token()), 19);
  assert.equal(await total(other.api, token), await total(other.api, await other.token("rep")));
  assert.equal(await total(other.api, await other.token()), 20);
  assert.equal((await mine.control("GET", "/history")).data.length, 1);
  await mine.control("POST", "/undo");
  assert.equal(await total(mine.api, await mine.token()), 20);
  await Promise.all([mine.delete(), other.delete()]);
  const { data } = await mock.world("base").control("GET", "/worlds");
  assert.deepEqual(data.map((world) => world.name), ["base"]);
});

test("what the mock refuses is an error that says why", async () => {
  await assert.rejects(mock.world().control("POST", "/faults", { operation: "no such" }), /422/);
});

test("a mock that cannot start says why", async () => {
  await assert.rejects(startMock({ deals: -1 }), /must be an integer/);
  await assert.rejects(startMock({ command: ["no-such-deals-mock"] }), /Install deals-mock.*DEALS_MOCK\.\nno-such/s);
});

test("a mock that is stopped does not answer, and may be stopped again", async () => {
  const second = await startMock({ deals: 1 });
  await second.stop();
  await second.stop();
  await assert.rejects(fetch(second.api));
});

test("a run has one mock, and each test a world in it", async () => {
  delete process.env.DEALS_MOCK_URL;
  assert.throws(runningMock, /global-setup/);
  process.env.DEALS_MOCK_OPTIONS = "--deals 3 --admin-key a-key-for-tests";
  process.env.DEALS_MOCK_ADMIN_KEY = "a-key-for-tests";
  const tearDown = await setUp();
  try {
    assert.equal(await setUp(), undefined); // it uses the one that runs
    const names = [];
    for (const fixture of [forPlaywright.world[0], forVitest.world]) {
      await inFixture(fixture, async (world) => {
        names.push(world.name);
        assert.equal(await total(world.api, await world.token()), 3);
        await world.control("POST", "/reset");
        await forPlaywright.extraHTTPHeaders({ world }, async (headers) =>
          assert.deepEqual(headers, { "X-Mock-World": world.name }),
        );
      });
    }
    assert.notEqual(names[0], names[1]);
    const { data } = await runningMock().world("base").control("GET", "/worlds");
    assert.deepEqual(data.map((world) => world.name), ["base"]); // the others are deleted
  } finally {
    await tearDown();
    delete process.env.DEALS_MOCK_ADMIN_KEY;
  }
  assert.equal(process.env.DEALS_MOCK_URL, undefined);
});
