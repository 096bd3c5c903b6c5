import { expect, test } from "./fixtures";

const DEAL = "Acme Enterprise License"; // deal 10, in the stage Proposal

// All four move the same deal of the same mock, at the same time.
for (const stage of ["Lead", "Qualified", "Negotiation", "Won"]) {
  test(`a deal moves to ${stage}, with one request`, async ({ openBoard, world }) => {
    const page = await openBoard();
    await page.getByLabel(`Stage of ${DEAL}`).selectOption(stage);
    await expect(page.getByRole("region", { name: stage })).toContainText(DEAL);
    await expect(page.getByRole("region", { name: "Proposal" })).not.toContainText(DEAL);

    expect(await world.control("POST", "/journal/count", { operation: "moveDealToStage" })).toEqual({ count: 1 });
    expect((await world.control("GET", "/history")).data).toHaveLength(1);
  });
}

test("a move that the server could not save is told, and tried again", async ({ openBoard, world }) => {
  await world.control("POST", "/faults", { operation: "moveDealToStage", status: 500, times: 1 });
  const page = await openBoard();
  await page.getByLabel(`Stage of ${DEAL}`).selectOption("Won");
  await expect(page.getByRole("alert")).toHaveText("Moving the deal failed: Server error");
  await expect(page.getByRole("region", { name: "Proposal" })).toContainText(DEAL);

  await page.getByLabel(`Stage of ${DEAL}`).selectOption("Won");
  await expect(page.getByRole("region", { name: "Won" })).toContainText(DEAL);
  await expect(page.getByRole("alert")).toBeEmpty();
  expect(await world.control("POST", "/journal/count", { operation: "moveDealToStage", status: 500 })).toEqual({ count: 1 });
  expect(await world.control("POST", "/journal/count", { operation: "moveDealToStage", status: 200 })).toEqual({ count: 1 });
});

test("a cut connection is told, too", async ({ openBoard, world }) => {
  await world.control("POST", "/faults", { operation: "getDealPipeline", cut: "connection" });
  const page = await openBoard();
  await expect(page.getByRole("alert")).toContainText("failed");
});

test("what somebody else took back is shown", async ({ openBoard, world }) => {
  const page = await openBoard();
  await page.getByLabel(`Stage of ${DEAL}`).selectOption("Lost");
  await expect(page.getByRole("region", { name: "Lost" })).toContainText(DEAL);
  await world.control("POST", "/undo");
  await openBoard();
  await expect(page.getByRole("region", { name: "Proposal" })).toContainText(DEAL);
});

test("half a year later the deal is at high risk", async ({ openBoard, world }) => {
  await world.control("PUT", "/clock", { now: "2026-02-09T12:00:00Z", frozen: true });
  const page = await openBoard();
  const card = page.getByRole("listitem").filter({ hasText: DEAL });
  await expect(card).toContainText(/(low|medium) risk/);
  await world.control("POST", "/clock/advance", { days: 180 });
  await openBoard();
  await expect(card).toContainText("high risk");
});

test("a wrong password is told", async ({ openBoard }) => {
  const page = await openBoard("wrong");
  await expect(page.getByRole("alert")).toContainText("Invalid email or password");
});
