// Start `deals-mock` first; the environment variable MOCK is its address.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { dealsClient, signIn, type Deals } from "../src/client.js";

const MOCK = process.env["MOCK"] ?? "http://127.0.0.1:4010";
const WORLD = `typescript-${process.pid}`;
let client: Deals;

beforeEach(async () => {
  client = dealsClient(`${MOCK}/api`, WORLD);
  await signIn(client, "rep@revorbit.example", "password");
});

afterEach(() => fetch(`${MOCK}/__admin/worlds/${WORLD}`, { method: "DELETE" }));

test("the list has pages, and each deal its risk", async () => {
  const { data } = await client.GET("/deals", {
    params: { query: { per_page: 5, sort_by: "value", sort_dir: "DESC" } },
  });
  assert.equal(data?.data.length, 5);
  assert.ok(data.total > 5);
  const levels = data.data.map((deal) => deal.risk?.risk_level); // "low" | "medium" | "high" | undefined
  assert.equal(levels.length, 5);
});

test("a deal is created, updated and moved, and gets a note", async () => {
  const created = await client.POST("/deals", { body: { name: "Typed", stage_id: 1, value: 1200.5 } });
  assert.equal(created.response.status, 201);
  assert.ok(created.data);
  const path = { id: created.data.data.id };

  const updated = await client.PUT("/deals/{id}", { params: { path }, body: { name: "Typed twice", stage_id: 1 } });
  assert.equal(updated.data?.data.name, "Typed twice");
  assert.equal(updated.data.data.value, 1200.5);

  const moved = await client.PUT("/deals/{id}/stage", { params: { path }, body: { stage_id: 5 } });
  assert.equal(moved.data?.data.is_won, true);

  await client.POST("/deals/{id}/notes", { params: { path }, body: { content: "Won without a word" } });
  const read = await client.GET("/deals/{id}", { params: { path } });
  assert.deepEqual(read.data?.data.deal_notes.map((note) => note.content), ["Won without a word"]);
});

test("an error says which field is wrong", async () => {
  const { data, error, response } = await client.POST("/deals", { body: { name: "", stage_id: 1 } });
  assert.equal(data, undefined);
  assert.equal(response.status, 422);
  assert.ok(error?.errors?.["name"]);
});

test("a response on demand: what does the client make of too many requests?", async () => {
  const { error, response } = await client.GET("/deals", { headers: { Prefer: "code=429" } });
  assert.equal(response.status, 429);
  assert.equal(error?.message, "Too many requests");
});

test("what the contract does not have does not compile, and is refused", async () => {
  // @ts-expect-error: deals cannot be sorted by their amount
  const list = await client.GET("/deals", { params: { query: { sort_by: "amount" } } });
  // @ts-expect-error: a deal needs a stage
  const created = await client.POST("/deals", { body: { name: "Nowhere" } });
  assert.deepEqual([list.response.status, created.response.status], [422, 422]);
});
